"""Log-probabilities of given tokens under a model."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from benchsuite.lm.device import Device
from benchsuite.lm.loss import log_probabilities
from benchsuite.lm.model import LanguageModel, Order, head
from benchsuite.lm.prefixes import Span, Trees, pack
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
    What rows begin with in common is read once; logits are held for a few tokens at a time.
    `progress` gets the tokens scored since last.
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
    ends = np.cumsum([max(0, len(row) - 1) for row in rows], dtype=np.int64)
    scored = np.empty((models.members, ends[-1] if len(ends) else 0), np.float32)
    spans = [
        span
        for row, end in zip(rows, ends.tolist(), strict=True)
        for span in _spans(row, end - len(row) + 1, models.config.length)
    ]
    weights = models.parts()

    def read(trees: Trees) -> None:
        with torch.inference_mode():
            scored[:, trees.at] = _read(models, weights, trees, device)
        progress(len(trees.at))

    size = max(1, _TOKENS_A_BATCH[device.kind] // models.members)
    for_each(pack(spans, size), read, device)
    return [np.split(of_one, ends[:-1]) if len(rows) else [] for of_one in scored]


def _read(models: LanguageModel, weights: Weights, trees: Trees, device: Device) -> np.ndarray:
    """Return log-probabilities of the targets of trees, `[members, targets]`."""
    tokens, nodes, targets = (
        torch.from_numpy(array).to(device.kind)
        for array in (trees.tokens, trees.nodes, trees.targets)
    )
    order = None if trees.are_rows else _order(trees, device)
    hidden = models.hidden(weights, tokens.expand(models.members, -1, -1), order=order)
    return log_probabilities(hidden, head(weights), nodes, targets).cpu().numpy()


def _order(trees: Trees, device: Device) -> Order:
    hidden = torch.from_numpy(~trees.visible()).to(device.kind)
    seen = torch.zeros(hidden.shape, device=device.kind).masked_fill_(hidden, -torch.inf)
    return Order(torch.from_numpy(trees.depth).to(device.kind), seen)


def _spans(row: np.ndarray, at: int, length: int) -> Iterator[Span]:
    """Cut a row, the scores of which begin at `at`, into windows of the context's length."""
    inputs, scored = len(row) - 1, 0
    while scored < inputs:
        stop = min(length, inputs) if scored == 0 else min(scored + length // 2, inputs)
        start = max(0, stop - length)
        yield Span(row[start:stop], row[scored + 1 : stop + 1], at + scored)
        scored = stop
