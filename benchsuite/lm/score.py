"""Log-probabilities of given tokens under a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from benchsuite.lm.device import Device
from benchsuite.lm.loss import log_probabilities
from benchsuite.lm.model import LanguageModel, head
from benchsuite.lm.threads import for_each
from benchsuite.lm.weights import Weights

_TOKENS_A_BATCH = {"cpu": 1024, "cuda": 1 << 17}
"""Padded tokens that are read at once, by all members."""


def score(
    model: LanguageModel,
    rows: Sequence[np.ndarray],
    device: Device,
    progress: Callable[[int], None] = lambda tokens: None,
) -> list[np.ndarray]:
    """Return, for each row of token ids, the log-probability (nats) of its tokens but the first.

    A row longer than the context is read in windows that advance by half of it, so that
    each token is scored once and, after the first window, sees at least half a context.
    Windows are sorted by length, so that a batch holds little padding; logits are held for a
    few tokens at a time. `progress` gets the tokens scored since last.
    """
    (scored,) = score_all(model, rows, device, progress)
    return scored


def score_all(
    models: LanguageModel,
    rows: Sequence[np.ndarray],
    device: Device,
    progress: Callable[[int], None] = lambda tokens: None,
) -> list[list[np.ndarray]]:
    """Return what each member says of the same rows, as `score` does of one."""
    spans = [span for row in range(len(rows)) for span in _spans(row, rows[row], models)]
    spans.sort(key=lambda span: (span.stop - span.start, span.row, span.start))
    scored = [
        [np.zeros(max(0, len(row) - 1), np.float32) for row in rows] for _ in range(models.members)
    ]
    weights = models.parts()

    def read(batch: list[_Span]) -> None:
        with torch.inference_mode():
            found = _read(models, weights, batch, rows, device)
        for i, span in enumerate(batch):
            fresh = found[:, i, span.first - span.start : span.stop - span.start]
            for member, values in enumerate(fresh):
                scored[member][span.row][span.first : span.stop] = values
        progress(sum(span.stop - span.first for span in batch))

    batches = _batches(spans, max(1, _TOKENS_A_BATCH[device.kind] // models.members))
    for_each(batches, read, device)
    return scored


def _read(
    models: LanguageModel,
    weights: Weights,
    batch: list[_Span],
    rows: Sequence[np.ndarray],
    device: Device,
) -> np.ndarray:
    """Return log-probabilities `[members, spans, longest]`; what is beyond a span means nothing."""
    longest = max(span.stop - span.start for span in batch)
    tokens = np.zeros((len(batch), longest + 1), np.int64)
    for i, span in enumerate(batch):
        tokens[i, : span.stop - span.start + 1] = rows[span.row][span.start : span.stop + 1]
    inputs = torch.from_numpy(tokens).to(device.kind).expand(models.members, -1, -1)
    hidden = models.hidden(weights, inputs[:, :, :-1])
    found = log_probabilities(hidden, head(weights), inputs[:, :, 1:].flatten(1))
    return found.view(models.members, len(batch), longest).cpu().numpy()


class _Span:
    """Inputs `start:stop` of a row, of which the targets after `first` are scored here."""

    __slots__ = ("first", "row", "start", "stop")

    def __init__(self, row: int, start: int, stop: int, first: int) -> None:
        self.row, self.start, self.stop, self.first = row, start, stop, first


def _spans(index: int, row: np.ndarray, model: LanguageModel) -> list[_Span]:
    length, inputs = model.config.length, len(row) - 1
    spans, scored = [], 0
    while scored < inputs:
        stop = min(length, inputs) if scored == 0 else min(scored + length // 2, inputs)
        spans.append(_Span(index, max(0, stop - length), stop, scored))
        scored = stop
    return spans


def _batches(spans: list[_Span], tokens: int) -> list[list[_Span]]:
    """Cut spans, sorted by length, into batches of at most so many padded tokens."""
    batches: list[list[_Span]] = []
    for span in spans:
        width = span.stop - span.start
        if batches and (len(batches[-1]) + 1) * width <= tokens:
            batches[-1].append(span)
        else:
            batches.append([span])
    return batches
