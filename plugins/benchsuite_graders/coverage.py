"""Greedy orders of vectors whose beginnings cover them all."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np

Progress = Callable[[int, int], None]
_AT_ONCE = 256
"""Rows multiplied at once."""

_REPORT = 256
"""Steps between reports of progress."""


def farthest_first(vectors: Any, strangers: Any, progress: Progress) -> tuple[np.ndarray, ...]:
    """Return the place of each row when the next is the one whose greatest cosine is least.

    Greatest, that is, to the rows before it. Rows of the sparse matrices have length 1 or 0. The
    first is the one most like the mean of all. Ties go to the earlier row. Strangers get the
    place that they would take, and do not take it. Time for rows² products of sparse vectors.
    """
    count = vectors.shape[0]
    places, strange = np.empty(count, np.int64), np.full(strangers.shape[0], count)
    nearest, nearest_strange = np.full(count, -np.inf), np.full(strangers.shape[0], -np.inf)
    following = int(np.argmax(vectors @ np.asarray(vectors.mean(axis=0)).ravel()))
    for place in range(count):
        if place:
            before = (strange == count) & (nearest_strange < nearest[following])
            strange[before] = place
        places[following] = place
        chosen = vectors[[following]].toarray().ravel()
        np.maximum(nearest, vectors @ chosen, out=nearest)
        np.maximum(nearest_strange, strangers @ chosen, out=nearest_strange)
        nearest[following] = np.inf
        following = int(np.argmin(nearest))
        if place % _REPORT == 0:
            progress(place, count)
    return places, strange


def facility_location(vectors: Any, strangers: Any, progress: Progress) -> tuple[np.ndarray, ...]:
    """Return the place of each row when the next is the one that adds most to what is covered.

    Covered is Σ_j of row j's greatest cosine to a row before. Rows of the sparse matrices have
    length 1 or 0. Ties go to the earlier row. Strangers get the place that they would take, were
    each alone to be covered too, and do not take it. Gains only fall as rows are chosen, so that
    a row whose gain is still the greatest when it is worked out anew is the next (lazy greedy,
    Minoux 1978).
    """
    count = vectors.shape[0]
    cosines, strange_cosines = _cosines(vectors, vectors), _cosines(strangers, vectors)
    covered = np.zeros(count, np.float32)
    own_gains = np.diff(strangers.indptr).astype(bool).astype(float)  # cosine with itself: 1, or 0
    places, strange = np.empty(count, np.int64), np.full(strangers.shape[0], count)
    waiting = [(-float(gain), row) for row, gain in enumerate(cosines.sum(axis=1, dtype=float))]
    heapify(waiting)
    place = 0
    while waiting:
        _, row = heappop(waiting)
        gain = _gains(cosines[row], covered)
        if waiting and (-gain, row) > waiting[0]:
            heappush(waiting, (-gain, row))
            continue
        still = np.flatnonzero(strange == count)
        gains = _gains(strange_cosines[still], covered) + own_gains[still]
        strange[still[gains > gain]] = place
        places[row] = place
        np.maximum(covered, cosines[row], out=covered)
        np.minimum(own_gains, 1 - strange_cosines[:, row], out=own_gains)
        if place % _REPORT == 0:
            progress(place, count)
        place += 1
    return places, strange


def _gains(cosines: np.ndarray, covered: np.ndarray) -> Any:
    return np.maximum(cosines - covered, 0).sum(axis=-1, dtype=float)


def _cosines(rows: Any, columns: Any) -> np.ndarray:
    """Return products of sparse rows, a few at a time, since most of them are not 0."""
    found = np.empty((rows.shape[0], columns.shape[0]), np.float32)
    for start in range(0, rows.shape[0], _AT_ONCE):
        found[start : start + _AT_ONCE] = (rows[start : start + _AT_ONCE] @ columns.T).toarray()
    return found
