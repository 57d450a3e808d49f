"""Greedy orders of vectors whose beginnings cover them all."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np

Progress = Callable[[int, int], None]
_REPORT = 256
"""Steps between reports of progress."""


def farthest_first(vectors: Any, progress: Progress) -> np.ndarray:
    """Return rows of a sparse matrix, each the one whose greatest cosine to those before is least.

    Rows have length 1 or 0. The first is the one most like the mean of all. Ties go to the
    earlier row. Takes rows² products of sparse vectors, and memory for one row of them.
    """
    count = vectors.shape[0]
    order = np.empty(count, np.int64)
    nearest = np.full(count, -np.inf)
    following = int(np.argmax(vectors @ np.asarray(vectors.mean(axis=0)).ravel()))
    for place in range(count):
        order[place] = following
        np.maximum(nearest, _cosines(vectors, following), out=nearest)
        nearest[following] = np.inf
        following = int(np.argmin(nearest))
        if place % _REPORT == 0:
            progress(place, count)
    return order


def facility_location(vectors: Any, progress: Progress) -> np.ndarray:
    """Return rows of a sparse matrix, each the one that adds most to Σ_j greatest cosine to it.

    Rows have length 1 or 0. Ties go to the earlier row. Gains only fall as rows are chosen, so
    that a row whose gain is still the greatest when worked out anew is the next (lazy greedy,
    Minoux 1978).
    """
    count = vectors.shape[0]
    cosines = (vectors @ vectors.T).toarray()
    covered = np.zeros(count, cosines.dtype)
    waiting = [(-float(gain), row) for row, gain in enumerate(cosines.sum(axis=1, dtype=float))]
    heapify(waiting)
    order: list[int] = []
    while waiting:
        _, row = heappop(waiting)
        gain = float(np.maximum(cosines[row] - covered, 0).sum(dtype=float))
        if waiting and (-gain, row) > waiting[0]:
            heappush(waiting, (-gain, row))
            continue
        np.maximum(covered, cosines[row], out=covered)
        if len(order) % _REPORT == 0:
            progress(len(order), count)
        order.append(row)
    return np.array(order, np.int64)


def _cosines(vectors: Any, row: int) -> np.ndarray:
    """Return the products of all rows with one."""
    return np.asarray(vectors @ vectors[[row]].toarray().ravel())
