"""Log-probabilities of given tokens under a model."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch

from benchsuite.lm.device import Device
from benchsuite.lm.loss import log_probabilities
from benchsuite.lm.model import LanguageModel, Order, head
from benchsuite.lm.native.reading import NativeReading, reads
from benchsuite.lm.prefixes import Span, Trees, pack
from benchsuite.lm.threads import for_each

TOKENS_A_BATCH = {"cpu": 1024, "cuda": 1 << 17}
"""Padded tokens that are read at once, by all members."""


class Tokens(NamedTuple):
    """Log-probabilities (nats) of tokens, and whether each is the likeliest in its place."""

    log_probabilities: np.ndarray
    greedy: np.ndarray


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
        for span in spans_of(row, end - len(row) + 1, models.config.length)
    ]
    _read_all(models, spans, device, scored, None, progress)
    return [_cut(of_one, ends) for of_one in scored]


def score_ends(
    model: LanguageModel,
    rows: Sequence[np.ndarray],
    counts: Sequence[int],
    device: Device,
    progress: Callable[[int], None] = lambda tokens: None,
) -> list[Tokens]:
    """Return what the model says of the last `counts[i]` tokens of row i of token ids.

    Of a row, the last tokens that the context holds are read, and one more, the last target.
    Raises `ValueError` for a row of which that leaves out tokens to score.
    """
    length, spans, at = model.config.length, [], 0
    for row, count in zip(rows, counts, strict=True):
        if not 0 <= count < min(len(row), length + 1):
            raise ValueError(f"{count} tokens after one at least do not fit {length} of context")
        if count:
            spans.append(Span(row[-length - 1 : -1], row[-count:], at))
        at += count
    scored, greedy = np.empty((1, at), np.float32), np.empty((1, at), bool)
    _read_all(model, spans, device, scored, greedy, progress)
    ends = np.cumsum(counts, dtype=np.int64)
    return list(map(Tokens, _cut(scored[0], ends), _cut(greedy[0], ends)))


def _cut(values: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    """Cut values into pieces that end there; as `np.split`, which takes ten times as long."""
    cuts = [0, *ends.tolist()]
    return [values[start:end] for start, end in pairwise(cuts)]


def _read_all(
    models: LanguageModel,
    spans: Sequence[Span],
    device: Device,
    scored: np.ndarray,
    greedy: np.ndarray | None,
    progress: Callable[[int], None],
) -> None:
    """Write what all members say of all targets into `scored` and `greedy`."""
    of: NativeReading | _TorchReading
    of = NativeReading(models) if reads(models.config, device) else _TorchReading(models, device)

    def read(trees: Trees) -> None:
        found, likeliest = of(trees, want_greedy=greedy is not None)
        scored[:, trees.at] = found
        if greedy is not None and likeliest is not None:
            greedy[:, trees.at] = likeliest
        progress(len(trees.at))

    size = max(1, TOKENS_A_BATCH[device.kind] // models.members)
    for_each(pack(spans, size), read, device)


class _TorchReading:
    """Reads trees with models as they are now. Threads may share it."""

    def __init__(self, models: LanguageModel, device: Device) -> None:
        self._models, self._weights, self._device = models, models.parts(), device

    @torch.inference_mode()
    def __call__(self, trees: Trees, *, want_greedy: bool) -> tuple[np.ndarray, np.ndarray | None]:
        """Return log-probabilities of the targets, and if asked whether each is likeliest.

        Both are `[members, targets]`.
        """
        tokens, nodes, targets = (
            torch.from_numpy(array).to(self._device.kind)
            for array in (trees.tokens, trees.nodes, trees.targets)
        )
        members = self._models.members
        order = None if trees.are_rows else order_of(trees, self._device)
        hidden = self._models.hidden(self._weights, tokens.expand(members, -1, -1), order=order)
        greedy = None
        if want_greedy:  # where ends alone are scored, few nodes have targets
            used, nodes = torch.unique(nodes, return_inverse=True)
            hidden = hidden[:, used]
            greedy = torch.empty(members, len(nodes), dtype=torch.bool, device=hidden.device)
        found = log_probabilities(hidden, head(self._weights), nodes, targets, greedy)
        return found.cpu().numpy(), None if greedy is None else greedy.cpu().numpy()


def order_of(trees: Trees, device: Device) -> Order:
    """Return the depth of trees' nodes, and what each sees, for a model to read them."""
    hidden = torch.from_numpy(~trees.visible()).to(device.kind)
    seen = torch.zeros(hidden.shape, device=device.kind).masked_fill_(hidden, -torch.inf)
    return Order(torch.from_numpy(trees.depth).to(device.kind), seen)


def spans_of(row: np.ndarray, at: int, length: int) -> Iterator[Span]:
    """Cut a row, the scores of which begin at `at`, into windows of the context's length."""
    inputs, scored = len(row) - 1, 0
    if 0 < inputs <= length:
        yield Span(row[:-1], row[1:], at)
        return
    while scored < inputs:
        stop = min(length, inputs) if scored == 0 else min(scored + length // 2, inputs)
        start = max(0, stop - length)
        yield Span(row[start:stop], row[scored + 1 : stop + 1], at + scored)
        scored = stop
