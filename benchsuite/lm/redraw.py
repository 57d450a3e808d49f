"""Tokens drawn anew in the places of rows, each after what stands there."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from benchsuite.lm.choose import choose, uniforms
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.device import Device
from benchsuite.lm.loss import tokens_at_once
from benchsuite.lm.model import LanguageModel, head
from benchsuite.lm.prefixes import Trees, pack
from benchsuite.lm.score import TOKENS_A_BATCH, order_of, spans_of
from benchsuite.lm.threads import for_each
from benchsuite.lm.weights import Weights


class Redrawn(NamedTuple):
    """For each place of a row but the first: a token drawn there, and what the actual one has.

    That is its log-probability (nats) under the model itself, whatever the decoding.
    """

    tokens: np.ndarray
    log_probabilities: np.ndarray


def redraw(
    model: LanguageModel,
    rows: Sequence[np.ndarray],
    decoding: Decoding,
    seed: int,
    device: Device,
    first_row: int = 0,
) -> list[Redrawn]:
    """Draw each token of rows of token ids but the first anew, given those that stand before it.

    What is drawn is read nowhere: one pass over the rows does, in the windows that `score` reads.
    Row i draws with its own stream of random numbers, keyed by `seed` and `first_row + i`, so
    that it does not depend on its neighbours. Logits are held for a few tokens at a time.
    """
    if not rows:
        return []
    sizes = [max(0, len(row) - 1) for row in rows]
    ends = np.cumsum(sizes, dtype=np.int64)
    draws = np.concatenate(
        [uniforms(seed, first_row + i, size, decoding) for i, size in enumerate(sizes)]
    )
    drawn, scored = np.empty(ends[-1], np.int64), np.empty(ends[-1], np.float32)
    weights = model.parts()

    def read(trees: Trees) -> None:
        with torch.inference_mode():
            found = _read(model, weights, trees, draws[trees.at], decoding, device)
            drawn[trees.at], scored[trees.at] = (each.cpu().numpy() for each in found)

    cut = [
        span
        for row, end, size in zip(rows, ends.tolist(), sizes, strict=True)
        for span in spans_of(row, end - size, model.config.length)
    ]
    for_each(pack(cut, TOKENS_A_BATCH[device.kind]), read, device)
    return list(map(Redrawn, np.split(drawn, ends[:-1]), np.split(scored, ends[:-1])))


def _read(
    model: LanguageModel,
    weights: Weights,
    trees: Trees,
    draws: np.ndarray,
    decoding: Decoding,
    device: Device,
) -> tuple[Tensor, Tensor]:
    """Return a token for each target of trees, and the target's log-probability: `[targets]`."""
    tokens, nodes, targets, numbers = (
        torch.from_numpy(array).to(device.kind)
        for array in (trees.tokens, trees.nodes, trees.targets, draws)
    )
    order = None if trees.are_rows else order_of(trees, device)
    hidden = model.hidden(weights, tokens[None], order=order)[0]
    (output,) = head(weights)
    drawn, scored = torch.empty_like(targets), torch.empty(len(targets), device=device.kind)
    size = tokens_at_once(1, len(output), device.kind)
    for start in range(0, len(targets), size):
        # A target at a time, not a node: rows that begin alike draw apart from each other.
        some = slice(start, start + size)
        logits = (hidden[nodes[some]] @ output.T).float()
        scored[some] = torch.log_softmax(logits, -1).gather(1, targets[some, None])[:, 0]
        drawn[some] = choose(logits, numbers[some], decoding)
    return drawn, scored
