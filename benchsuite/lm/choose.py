"""Drawing the next token from logits."""

# mypy: disable-error-code="no-untyped-call,no-any-return"

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from benchsuite.lm.decoding import Decoding

_ATTEMPTS = 4
"""Random numbers a token, where a nucleus may reject what the first ones draw."""

_CANDIDATES = 64
"""Tokens that are sorted for a nucleus at first; all, where these do not hold it."""

_BLOCK = 64
"""Neighbouring probabilities that are added up at once."""

_GROUP = 8
"""Tokens of which only the likeliest is compared at first."""

_BELOW_ONE = 1 - 2.0**-23
"""What keeps a share of a sum below the sum, whatever rounding does."""


def attempts(decoding: Decoding) -> int:
    """Return how many random numbers the choice of a token takes."""
    return _ATTEMPTS if decoding.top_k is None and decoding.top_p < 1 else 1


def uniforms(seed: int, row: int, length: int, decoding: Decoding) -> np.ndarray:
    """Return a row's own random numbers, uniform in [0, 1): `[length, attempts]`."""
    stream = np.random.Generator(np.random.Philox(key=[seed, row]))
    return stream.random((length, attempts(decoding)), np.float32)


def choose(scores: Tensor, draws: Tensor, decoding: Decoding) -> Tensor:
    """Draw a token for each row of logits `[rows, vocabulary]`: `[rows]`.

    `draws` `[rows, attempts]` are uniform in [0, 1). Without truncation the first is all that
    is read. With top-p a token is drawn from all, and drawn again while truncation would not
    leave it. With the last number it is drawn from what truncation leaves, sorted; with top-k,
    of which sorting is cheap, at once.
    """
    if decoding.temperature == 0:
        return scores.argmax(dim=-1)
    if decoding.temperature != 1:
        scores = scores / decoding.temperature
    probabilities = torch.softmax(scores, dim=-1)
    if decoding.top_k is None and decoding.top_p == 1:
        return _drawn(probabilities, draws[:, 0])
    if decoding.top_k is not None:
        return _drawn_of_left(probabilities, draws[:, -1], decoding)
    return _drawn_again(probabilities, draws, decoding)


def _drawn(probabilities: Tensor, draws: Tensor) -> Tensor:
    """Return the first token of each row with which the sum exceeds the row's share of it all.

    The block is found first, then the token in it: sums of all tokens are never needed.
    """
    if probabilities.shape[1] % _BLOCK:
        probabilities = F.pad(probabilities, (0, -probabilities.shape[1] % _BLOCK))
    blocks = probabilities.unflatten(1, (-1, _BLOCK))
    ends = cumulated(blocks.sum(2))
    block, share = _found(ends, draws * ends[:, -1])
    row = torch.arange(len(blocks), device=blocks.device)
    before = torch.where(block > 0, ends[row, block - 1], 0.0)
    place, _ = _found(cumulated(blocks[row, block]), share - before)
    return block * _BLOCK + place


def _found(cumulative: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return the first place of each row whose sum exceeds its target, and the target.

    Targets are kept below the last sum, so that no place is found that adds nothing to it.
    """
    targets = torch.minimum(targets, cumulative[:, -1] * _BELOW_ONE)
    return torch.searchsorted(cumulative, targets[:, None], right=True).squeeze(1), targets


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


def _drawn_again(probabilities: Tensor, draws: Tensor, decoding: Decoding) -> Tensor:
    """Draw until truncation leaves the token: rejection needs no sorting.

    The few rows that are still without a token at the last number are sorted.
    """
    chosen = torch.empty(len(draws), dtype=torch.int64, device=draws.device)
    waiting = torch.arange(len(draws), device=draws.device)
    for attempt in range(draws.shape[1] - 1):
        drawn = _drawn(probabilities, draws[waiting, attempt])
        left = _is_left(probabilities, drawn, decoding.top_p)
        chosen[waiting[left]] = drawn[left]
        waiting, probabilities = waiting[~left], probabilities[~left]
        if not len(waiting):
            return chosen
    chosen[waiting] = _drawn_of_left(probabilities, draws[waiting, -1], decoding)
    return chosen


def _is_left(probabilities: Tensor, tokens: Tensor, top_p: float) -> Tensor:
    """Whether the tokens likelier than each row's hold less than `top_p`."""
    likelier = probabilities > probabilities.gather(1, tokens[:, None])
    return torch.where(likelier, probabilities, 0.0).sum(1) < top_p


def _drawn_of_left(probabilities: Tensor, draws: Tensor, decoding: Decoding) -> Tensor:
    """Draw from the tokens that truncation leaves, the likeliest first."""
    cumulative, index = _candidates(probabilities, decoding)
    place, _ = _found(cumulative, draws * cumulative[:, -1])
    return index.gather(1, place[:, None]).squeeze(1)


def _candidates(probabilities: Tensor, decoding: Decoding) -> tuple[Tensor, Tensor]:
    """Return cumulative probabilities of the tokens that stay, and which they are.

    A token stays if those likelier than it hold less than `top_p` of what top-k leaves.
    """
    vocabulary = probabilities.shape[1]
    most = min(decoding.top_k or vocabulary, vocabulary)
    count = most if decoding.top_p == 1 else min(most, _CANDIDATES)
    while True:
        found, index = _likeliest(probabilities, count)
        cumulative = cumulated(found)
        if decoding.top_p == 1:
            return cumulative, index
        whole = cumulative[:, -1:] if count == most else None
        if whole is None and most < vocabulary:
            whole = _likeliest(probabilities, most)[0].sum(-1, keepdim=True)
        bound = decoding.top_p * (1.0 if whole is None else whole)
        if count == most or bool((cumulative[:, -1:] >= bound).all()):
            # What is left out adds nothing to the sum, so no number can fall on it.
            return cumulated(torch.where(cumulative - found < bound, found, 0.0)), index
        count = most


def _likeliest(probabilities: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return what `topk` returns: the largest values of each row, and where they are.

    They lie in the `count` groups with the largest maxima; outside these, no value exceeds any
    of those maxima. Where groups are many, sorting twice so little is twice as fast.
    """
    rows, vocabulary = probabilities.shape
    groups = vocabulary // _GROUP
    if vocabulary % _GROUP or groups < 4 * count:
        found, index = probabilities.topk(count, dim=-1)
        return found, index
    grouped = probabilities.view(rows, _GROUP, groups)
    best = grouped.amax(1).topk(count, dim=-1, sorted=False).indices
    some = grouped.gather(2, best[:, None].expand(-1, _GROUP, -1)).flatten(1)
    found, place = some.topk(count, dim=-1)
    return found, place // count * groups + best.gather(1, place % count)
