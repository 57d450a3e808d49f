"""Drawing the next token from logits."""

# mypy: disable-error-code="no-untyped-call,no-any-return"

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from benchsuite.lm.decoding import Decoding

_CANDIDATES = 64
"""Tokens that are sorted for a nucleus at first; all, where these do not hold it."""

_BLOCK = 64
"""Values that one product adds up."""


def choose(scores: Tensor, draws: Tensor, decoding: Decoding) -> Tensor:
    """Draw a token for each row of logits `[rows, vocabulary]` with uniform numbers `[rows]`.

    The token is the first whose cumulative probability exceeds the row's number: in the order
    of the vocabulary, or with top-k and top-p from the likeliest down.
    """
    if decoding.temperature == 0:
        return scores.argmax(dim=-1)
    if decoding.temperature != 1:
        scores = scores / decoding.temperature
    probabilities = torch.softmax(scores, dim=-1)
    if decoding.top_k is None and decoding.top_p == 1:
        return _draw(cumulated(probabilities), draws)
    cumulative, index = _candidates(probabilities, decoding)
    return index.gather(1, _draw(cumulative, draws)[:, None]).squeeze(1)


def cumulated(values: Tensor) -> Tensor:
    """Return sums of each row up to each place, `[rows, n]`.

    On an accelerator by products with triangles of ones, in blocks: torch's own `cumsum` is
    refused there in deterministic mode.
    """
    if values.device.type == "cpu":
        return values.cumsum(dim=-1)
    return cumulated_in_blocks(values)


def cumulated_in_blocks(values: Tensor) -> Tensor:
    """Return sums of each row up to each place: within blocks, and of the blocks before."""
    count = values.shape[1]
    blocks = F.pad(values, (0, -count % _BLOCK)).unflatten(1, (-1, _BLOCK))
    upper = values.new_ones(_BLOCK, _BLOCK).triu()
    before = values.new_ones(blocks.shape[1], blocks.shape[1]).triu(1)
    earlier = blocks.sum(2) @ before
    return (blocks @ upper + earlier[:, :, None]).flatten(1)[:, :count].contiguous()


def _draw(cumulative: Tensor, draws: Tensor) -> Tensor:
    """Return the first place of each row whose sum exceeds its number's share of the last sum."""
    target = draws[:, None] * cumulative[:, -1:]  # float sums end near, not at, one
    # Rounding may lift the target onto the last sum: the clamp keeps it inside the row.
    chosen = torch.searchsorted(cumulative, target, right=True).squeeze(-1)
    return chosen.clamp_(max=cumulative.shape[1] - 1)


def _candidates(probabilities: Tensor, decoding: Decoding) -> tuple[Tensor, Tensor]:
    """Return cumulative probabilities of the tokens that stay, and which they are.

    A token stays if those likelier than it hold less than `top_p` of what top-k leaves.
    """
    vocabulary = probabilities.shape[1]
    most = min(decoding.top_k or vocabulary, vocabulary)
    count = most if decoding.top_p == 1 else min(most, _CANDIDATES)
    while True:
        found, index = probabilities.topk(count, dim=-1)
        cumulative = cumulated(found)
        if decoding.top_p == 1:
            return cumulative, index
        whole = cumulative[:, -1:] if count == most else None
        if whole is None and most < vocabulary:
            whole = probabilities.topk(most, dim=-1, sorted=False).values.sum(-1, keepdim=True)
        bound = decoding.top_p * (1.0 if whole is None else whole)
        if count == most or bool((cumulative[:, -1:] >= bound).all()):
            # What is left out adds nothing to the sum, so no number can fall on it.
            return cumulated(torch.where(cumulative - found < bound, found, 0.0)), index
        count = most
