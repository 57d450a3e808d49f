"""How far seeds are apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

_SAME = 1e-6
"""Relative: rounding errors of equal values."""


class Spread(NamedTuple):
    """A variance between seeds, pooled, and its degrees of freedom."""

    variance: float
    freedom: int

    @property
    def deviation(self) -> float:
        """The standard deviation between seeds."""
        return sqrt(self.variance)


def pooled(samples: Iterable[Sequence[float] | None]) -> Spread | None:
    """Return the variance between seeds, pooled over samples of equally many seeds.

    None where there is no sample of two seeds or more; a sample that is None is left out.
    """
    found = [values for values in samples if values is not None and len(values) > 1]
    if not found:
        return None
    freedom = sum(len(values) - 1 for values in found)
    return Spread(sum(float(np.var(values, ddof=1)) for values in found) / len(found), freedom)


def apart(one: float, other: float, deviation: float) -> float:
    """Return how far two values are apart, in standard deviations between seeds."""
    if not isfinite(one - other):
        return inf
    if abs(one - other) <= _SAME * max(abs(one), abs(other)):
        return 0.0
    return abs(one - other) / deviation if deviation else inf
