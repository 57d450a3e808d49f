"""Log-probabilities of given tokens under a network of transformers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

_LOGITS_A_BATCH = 1 << 26
"""Logits computed at once: 256 MiB in fp32."""


class _Window(NamedTuple):
    """Inputs `start:stop` of a row, of which the targets after `first` are scored here."""

    width: int
    row: int
    start: int
    stop: int
    first: int


def score(network: Any, rows: Sequence[Sequence[int]], length: int, kind: str) -> list[np.ndarray]:
    """Return, for each row of token ids, the log-probability (nats) of its tokens but the first.

    A row longer than `length` is read in windows that advance by half of it, as
    `benchsuite.lm.score` does: each token is scored once and, after the first window, sees at
    least half a context. Windows are sorted by length, so that a batch holds little padding,
    which stands behind the tokens, where a causal model does not look.
    """
    return [found for found, _ in _score(network, rows, length, kind)]


def score_ends(
    network: Any, rows: Sequence[Sequence[int]], counts: Sequence[int], kind: str
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return scores of the last `counts[i]` tokens of each row, and whether each is likeliest.

    Each row is read whole.
    """
    longest = max(map(len, rows), default=1)
    scored = zip(_score(network, rows, longest, kind), counts, strict=True)
    return [(found[len(found) - n :], greedy[len(found) - n :]) for (found, greedy), n in scored]


def _score(
    network: Any, rows: Sequence[Sequence[int]], length: int, kind: str
) -> list[tuple[np.ndarray, np.ndarray]]:
    sizes = [max(0, len(row) - 1) for row in rows]
    scored = [(np.zeros(size, np.float32), np.zeros(size, bool)) for size in sizes]
    windows = sorted(w for i, row in enumerate(rows) for w in _windows(i, len(row) - 1, length))
    vocabulary = network.config.get_text_config().vocab_size
    with torch.inference_mode():
        for batch in _batches(windows, _LOGITS_A_BATCH // vocabulary):
            tokens = np.zeros((len(batch), batch[-1].width + 1), np.int64)
            for i, window in enumerate(batch):
                tokens[i, : window.width + 1] = rows[window.row][window.start : window.stop + 1]
            inputs = torch.from_numpy(tokens).to(kind)
            predicted = network(input_ids=inputs[:, :-1], use_cache=False).logits
            losses = F.cross_entropy(
                predicted.flatten(0, 1).float(), inputs[:, 1:].flatten(), reduction="none"
            )
            found = -losses.view(len(batch), -1).cpu().numpy()
            likeliest = (predicted.argmax(dim=-1) == inputs[:, 1:]).cpu().numpy()
            for i, (width, row, start, stop, first) in enumerate(batch):
                for into, of in zip(scored[row], (found, likeliest), strict=True):
                    into[first:stop] = of[i, first - start : width]
    return scored


def _windows(row: int, inputs: int, length: int) -> Iterator[_Window]:
    """Yield the windows of a row of so many inputs."""
    scored = 0
    while scored < inputs:
        stop = min(length if scored == 0 else scored + length // 2, inputs)
        start = max(0, stop - length)
        yield _Window(stop - start, row, start, stop, scored)
        scored = stop


def _batches(windows: list[_Window], tokens: int) -> list[list[_Window]]:
    """Cut windows, sorted by width, into batches of at most so many padded tokens."""
    batches: list[list[_Window]] = []
    for window in windows:
        if batches and (len(batches[-1]) + 1) * window.width <= tokens:
            batches[-1].append(window)
        else:
            batches.append([window])
    return batches
