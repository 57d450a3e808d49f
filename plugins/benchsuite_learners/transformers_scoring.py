"""Log-probabilities of given tokens under a network of transformers, and tokens in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from benchsuite.api import Decoding
from benchsuite.lm.choose import choose, uniforms

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


def redraw(
    network: Any,
    rows: Sequence[Sequence[int]],
    length: int,
    decoding: Decoding,
    seed: int,
    first_row: int,
    kind: str,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return a token drawn for each place of rows but the first, and scores of the actual ones.

    Each is drawn after the actual tokens before it, read as `score` reads them. As in
    `benchsuite.lm.redraw`, row i draws with its own stream of random numbers, keyed by `seed`
    and `first_row + i`.
    """
    sizes = [max(0, len(row) - 1) for row in rows]
    numbers = [uniforms(seed, first_row + i, size, decoding) for i, size in enumerate(sizes)]
    found = [(np.zeros(size, np.int64), np.zeros(size, np.float32)) for size in sizes]
    for batch, inputs, predicted in _read(network, rows, length, kind):
        scores = _log_probabilities(predicted, inputs)
        for i, (width, row, start, stop, first) in enumerate(batch):
            drawn, scored = found[row]
            places = slice(first - start, width)
            draws = torch.from_numpy(numbers[row][first:stop]).to(kind)
            chosen = choose(predicted[i, places].float(), draws, decoding)
            drawn[first:stop], scored[first:stop] = chosen.cpu().numpy(), scores[i, places]
    return found


def _score(
    network: Any, rows: Sequence[Sequence[int]], length: int, kind: str
) -> list[tuple[np.ndarray, np.ndarray]]:
    sizes = [max(0, len(row) - 1) for row in rows]
    scored = [(np.zeros(size, np.float32), np.zeros(size, bool)) for size in sizes]
    for batch, inputs, predicted in _read(network, rows, length, kind):
        found = _log_probabilities(predicted, inputs)
        likeliest = (predicted.argmax(dim=-1) == inputs[:, 1:]).cpu().numpy()
        for i, (width, row, start, stop, first) in enumerate(batch):
            for into, of in zip(scored[row], (found, likeliest), strict=True):
                into[first:stop] = of[i, first - start : width]
    return scored


def _log_probabilities(predicted: Tensor, inputs: Tensor) -> np.ndarray:
    """Return log-probabilities of inputs but the first, `[rows, length]`, by logits of them."""
    losses = F.cross_entropy(
        predicted.flatten(0, 1).float(), inputs[:, 1:].flatten(), reduction="none"
    )
    found: np.ndarray = -losses.view(len(inputs), -1).cpu().numpy()
    return found


def _read(
    network: Any, rows: Sequence[Sequence[int]], length: int, kind: str
) -> Iterator[tuple[list[_Window], Tensor, Tensor]]:
    """Yield windows of rows, a batch at a time, with their tokens and the logits of the next."""
    windows = sorted(w for i, row in enumerate(rows) for w in _windows(i, len(row) - 1, length))
    vocabulary = network.config.get_text_config().vocab_size
    for batch in _batches(windows, _LOGITS_A_BATCH // vocabulary):
        tokens = np.zeros((len(batch), batch[-1].width + 1), np.int64)
        for i, window in enumerate(batch):
            tokens[i, : window.width + 1] = rows[window.row][window.start : window.stop + 1]
        inputs = torch.from_numpy(tokens).to(kind)
        with torch.inference_mode():
            predicted = network(input_ids=inputs[:, :-1], use_cache=False).logits
        yield batch, inputs, predicted


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
