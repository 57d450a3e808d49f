"""A sample of rows drawn uniformly in one pass, in memory of a fixed size."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from benchsuite_data_report.rows import Batch

EXCERPT = 16_384
"""Characters of a sampled row that are kept."""


@dataclass(frozen=True)
class Sample:
    """Texts in the order of the file, with the number of each row, from 0."""

    texts: list[str]
    places: list[int]
    total: int
    """Rows that it was drawn from."""

    def shuffled(self, seed: int) -> list[str]:
        """Return the texts in an order drawn by a seed."""
        order = np.random.default_rng(seed).permutation(len(self.texts))
        return [self.texts[place] for place in order.tolist()]


class Drawing:
    """Gives each row a random number, and keeps the rows with the smallest ones."""

    def __init__(self, size: int, seed: int) -> None:
        self._size = size
        self._random = np.random.default_rng(seed)
        self._kept: list[tuple[float, int, str]] = []
        self._total = 0

    def add(self, batch: Batch) -> None:
        """Draw from a batch."""
        numbers = self._random.random(len(batch.texts))
        self._total += len(numbers)
        # A heap of the largest first, hence negated; most rows of a long file are out at once.
        bound = -self._kept[0][0] if len(self._kept) == self._size else 1.0
        for index in np.flatnonzero(numbers <= bound).tolist():
            item = (-float(numbers[index]), batch.first + index, batch.texts[index][:EXCERPT])
            if len(self._kept) < self._size:
                heapq.heappush(self._kept, item)
            else:
                heapq.heappushpop(self._kept, item)

    def sample(self) -> Sample:
        """Return what was drawn."""
        kept = sorted((place, text) for _, place, text in self._kept)
        return Sample([text for _, text in kept], [place for place, _ in kept], self._total)
