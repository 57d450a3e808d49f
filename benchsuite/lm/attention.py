"""Causal attention over whole rows, with its gradient."""

# mypy: disable-error-code="misc,no-untyped-call,no-untyped-def,no-any-return"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function

_EXPLICIT_LENGTH = 512
"""On a CPU, up to this length explicit attention beats torch's fused kernel (head width 32, bf16:
a whole training step at length 128 took 0.6 of the time)."""

_BLOCK = 64
"""Queries that explicit attention computes at once."""


@dataclass(frozen=True)
class Heads:
    """How projections `[…, heads + 2 · shared, width]` of queries, keys and values lie.

    `shared` is the number of key-value heads; several query heads may read one (arXiv:2305.13245).
    """

    heads: int
    shared: int
    width: int

    @property
    def scale(self) -> float:
        """What scores are multiplied with."""
        return float(self.width**-0.5)

    def split(self, qkv: Tensor, turn: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Return rotated queries and keys and the values, `[rows, new, heads or shared, width]`.

        `qkv` is `[rows, new, projections]`, `turn` the rotary table `[new, width / 2]`, or
        `[rows, new, width / 2]` where rows differ. What is rotated is fp32.
        """
        turned = self.heads + self.shared
        both, value = qkv.unflatten(-1, (-1, self.width)).tensor_split([turned], dim=2)
        if turn is not None:
            both = rotate(both, turn.unsqueeze(-2))
        return both[:, :, : self.heads], both[:, :, self.heads :], value

    def repeat(self, shared: Tensor) -> Tensor:
        """Give every query head its keys or values: `[rows, heads, length, width]`."""
        groups = self.heads // self.shared
        return shared if groups == 1 else shared.repeat_interleave(groups, dim=1)

    def join(self, query: Tensor, key: Tensor, value: Tensor, turn: Tensor | None) -> Tensor:
        """Return the gradient of projections from those of what `split` and `repeat` made of them.

        All three are `[rows, heads, length, width]`; those of scaled scores, not scaled yet.
        """
        key, value = self.gather(key), self.gather(value)
        if turn is None:
            query, key = query * self.scale, key * self.scale
        else:
            back = turn.conj() * self.scale
            query, key = rotate(query, back), rotate(key, back)
        rows, _, length, width = value.shape
        joined = value.new_empty(rows, length, self.heads + 2 * self.shared, width)
        parts = joined.split([self.heads, self.shared, self.shared], dim=2)
        for part, piece in zip(parts, (query, key, value), strict=True):
            part.copy_(piece.transpose(1, 2))
        return joined.flatten(2)

    def gather(self, repeated: Tensor) -> Tensor:
        """Add up what the query heads of each shared head say: the reverse of `repeat`."""
        groups = self.heads // self.shared
        return repeated if groups == 1 else repeated.unflatten(1, (self.shared, groups)).sum(2)


def rotary(length: int, width: int, theta: float) -> Tensor:
    """Complex table `[length, width / 2]` of position times frequency (RoFormer, arXiv:2104.09864).

    Components 2i and 2i + 1 of a head turn together; a checkpoint in transformers' layout keeps
    them half a head apart, so that loading and saving reorder them.
    """
    frequency = theta ** -(torch.arange(0, width, 2).float() / width)
    angle = torch.arange(length).float()[:, None] * frequency
    return torch.polar(torch.ones_like(angle), angle)


def rotate(inputs: Tensor, turn: Tensor) -> Tensor:
    """Turn pairs of components by the table; the result is fp32."""
    pairs = torch.view_as_complex(inputs.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * turn).flatten(-2)


def _to_heads(projected: Tensor, like: Tensor) -> Tensor:
    """Copy `[rows, new, heads, width]` into `[rows, heads, new, width]`, in the dtype of `like`."""
    rows, new, heads, width = projected.shape
    return like.new_empty(rows, heads, new, width).copy_(projected.transpose(1, 2))


def attend(qkv: Tensor, heads: Heads, turn: Tensor | None) -> Tensor:
    """Attend over whole rows: `[rows, length, projections]` to `[rows, length, heads · width]`."""
    if qkv.device.type == "cpu" and qkv.shape[1] <= _EXPLICIT_LENGTH:
        attended: Tensor = _Attention.apply(qkv, heads, turn)
        return attended
    query, key, value = (_to_heads(part, qkv) for part in heads.split(qkv, turn))
    return _merge(
        F.scaled_dot_product_attention(
            query, heads.repeat(key), heads.repeat(value), is_causal=True
        )
    )


def attend_to_seen(qkv: Tensor, heads: Heads, turn: Tensor | None, seen: Tensor) -> Tensor:
    """Attend as `attend` does, each token to those that it sees: `[rows, length, length]`.

    What is seen is given as what to add to scores, 0 or -inf; there is no gradient.
    """
    query, key, value = (_to_heads(part, qkv) for part in heads.split(qkv, turn))
    key, value = heads.repeat(key), heads.repeat(value)
    if qkv.device.type != "cpu":
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=seen[:, None])
        return _merge(attended)
    scores = torch.matmul(query, key.transpose(2, 3)).mul_(heads.scale).add_(seen[:, None])
    return _merge(torch.matmul(F.softmax(scores, dim=-1), value))


class _Attention(Function):
    """Attention on a CPU, with scores and probabilities held.

    Queries go a block at a time, and see the keys up to their block's end: half of the square
    above the diagonal, which is masked, is not computed at all.
    """

    @staticmethod
    def forward(ctx: Any, qkv: Tensor, heads: Heads, turn: Tensor | None) -> Tensor:
        rows, length, _ = qkv.shape
        query, key, value = (_to_heads(part, qkv) for part in heads.split(qkv, turn))
        repeated = (query, heads.repeat(key), heads.repeat(value))
        query, key, value = (tensor.flatten(0, 1) for tensor in repeated)
        attended = qkv.new_empty(rows, length, heads.heads, heads.width)
        blocks = []
        for start, stop in _blocks(length):
            mask = _mask(stop - start, stop, qkv)
            across = key[:, :stop].transpose(1, 2)
            scores = torch.baddbmm(mask, query[:, start:stop], across, alpha=heads.scale)
            blocks.append(F.softmax(scores, dim=-1))
            by_head = torch.bmm(blocks[-1], value[:, :stop]).unflatten(0, (rows, -1))
            attended[:, start:stop] = by_head.transpose(1, 2)
        ctx.heads, ctx.turn = heads, turn
        ctx.save_for_backward(query, key, value, *blocks)
        return attended.flatten(2)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        query, key, value, *blocks = ctx.saved_tensors
        heads: Heads = ctx.heads
        rows, length, _ = grad.shape
        by_head = _to_heads(grad.unflatten(-1, (-1, heads.width)), grad).flatten(0, 1)
        grad_query = torch.empty_like(query)
        grad_key = grad_value = query  # the last block, which comes first, sees all keys
        spans = list(_blocks(length))
        for (start, stop), probabilities in zip(spans[::-1], blocks[::-1], strict=True):
            own = by_head[:, start:stop]
            grad_scores = torch._softmax_backward_data(  # noqa: SLF001 (no public name)
                torch.bmm(own, value[:, :stop].transpose(1, 2)), probabilities, -1, grad.dtype
            )
            grad_query[:, start:stop] = torch.bmm(grad_scores, key[:, :stop])
            to_key = torch.bmm(grad_scores.transpose(1, 2), query[:, start:stop])
            to_value = torch.bmm(probabilities.transpose(1, 2), own)
            if stop == length:
                grad_key, grad_value = to_key, to_value
            else:
                grad_key[:, :stop] += to_key
                grad_value[:, :stop] += to_value
        by_row = (rows, -1)
        joined = heads.join(
            grad_query.unflatten(0, by_row),
            grad_key.unflatten(0, by_row),
            grad_value.unflatten(0, by_row),
            ctx.turn,
        )
        return joined, None, None


def _blocks(length: int) -> Iterator[tuple[int, int]]:
    """Cut positions into blocks of equal length, the last perhaps shorter."""
    for start in range(0, length, _BLOCK):
        yield start, min(start + _BLOCK, length)


def _merge(by_head: Tensor) -> Tensor:
    """Put the heads of each position side by side again: `[rows, length, heads · width]`."""
    return by_head.transpose(1, 2).flatten(2)


def _mask(new: int, length: int, like: Tensor) -> Tensor:
    """Additive mask `[new, length]`: the last query sees every key."""
    blocked = torch.full((new, length), float("-inf"), dtype=like.dtype, device=like.device)
    return blocked.triu(length - new + 1)
