"""Keys and values of the tokens read so far."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import torch
from torch import Tensor

from benchsuite.lm.config import ModelConfig

_POSITIONS = 32
"""Positions a block. Of 16 to 64, 32 wrote text fastest on a CPU (width 128, 4 heads)."""


class Cache:
    """Keys and values `[layers, blocks, rows · heads, positions, width]`, in blocks of positions.

    The blocks in use lie in one piece, so that reading them is one walk through memory. With the
    rows outermost it jumps over the rest of each row's room, and takes three times as long.
    """

    def __init__(self, config: ModelConfig, rows: int, like: Tensor) -> None:
        blocks = -(-config.length // _POSITIONS)
        pairs = rows * config.key_value_heads
        shape = (config.layers, blocks, pairs, _POSITIONS, config.head_width)
        # What is not written yet is read all the same, with weight 0: it must be finite.
        self._keys, self._values = like.new_zeros(shape), like.new_zeros(shape)
        self._heads = config.key_value_heads
        self.used = 0

    def append(self, layer: int, keys: Tensor, values: Tensor) -> None:
        """Store keys and values `[rows, new, heads, width]` behind those there are."""
        for stored, fresh in ((self._keys[layer], keys), (self._values[layer], values)):
            by_pair = fresh.transpose(1, 2).flatten(0, 1)
            first = 0
            while first < by_pair.shape[1]:
                block, at = divmod(self.used + first, _POSITIONS)
                piece = by_pair[:, first : first + _POSITIONS - at]
                stored[block, :, at : at + piece.shape[1]] = piece
                first += piece.shape[1]

    def attend(self, layer: int, query: Tensor) -> Tensor:
        """Attend to all positions up to the newest, `used`: `[rows, heads, width]` queries.

        The result is `[rows, heads · width]`. Several query heads may share one of keys.
        """
        rows, heads, width = query.shape
        length = self.used + 1
        blocks = -(-length // _POSITIONS)
        keys, values = (t[layer, :blocks].flatten(0, 1) for t in (self._keys, self._values))
        by_pair = (query * width**-0.5).view(rows * self._heads, -1, width)
        scores = torch.bmm(by_pair.repeat(blocks, 1, 1), keys.transpose(1, 2))
        scores = _turned(scores, blocks).flatten(1)
        scores[:, length:] = -torch.inf
        weights = torch.softmax(scores, dim=-1).unflatten(1, (blocks, _POSITIONS))
        weights = weights.transpose(0, 1).reshape(len(keys), -1, _POSITIONS)
        return torch.bmm(weights, values).view(blocks, rows, heads * width).sum(0)

    def keep(self, rows: Tensor) -> None:
        """Drop all rows but those at the given indices."""
        by_row = (t.unflatten(2, (-1, self._heads)) for t in (self._keys, self._values))
        self._keys, self._values = (t[:, :, rows].flatten(2, 3) for t in by_row)


def _turned(scores: Tensor, blocks: int) -> Tensor:
    """Turn `[blocks · pairs, group, positions]` into `[pairs · group, blocks, positions]`."""
    return scores.view(blocks, -1, _POSITIONS).transpose(0, 1)
