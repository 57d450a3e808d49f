"""How far seeds are apart."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchsuite.leaderboard.verify.rows import Place, Rows

if TYPE_CHECKING:
    from benchsuite.leaderboard.verify.case import Case

_SAME = 1e-6
"""Relative: rounding errors of equal values."""


class Spread(NamedTuple):
    """A variance between seeds, pooled, and its degrees of freedom."""

    variance: float
    freedom: int


def spread(
    case: Case, rows: Rows, regimes: Sequence[str], scored: tuple[str, str]
) -> Spread | None:
    """Return the variance between seeds, pooled over regimes and generations from 1 on.

    None where no such measurement has all seeds, or there is but one.
    """
    places = [
        Place(regime, generation, *scored)
        for regime in regimes
        for generation in range(1, case.frozen.generations + 1)
    ]
    found = [values for place in places if (values := case.of_seeds(rows, place))]
    variances = [float(np.var(values, ddof=1)) for values in found if len(values) > 1]
    if not variances:
        return None
    freedom = len(variances) * (len(case.frozen.seeds) - 1)
    return Spread(sum(variances) / len(variances), freedom)


def deviations(own: Sequence[float], other: Sequence[float], deviation: float) -> float:
    """Return the largest distance of paired values, in standard deviations between seeds."""
    return max(
        (0.0 if _same(a, b) else abs(a - b) / deviation if deviation else inf)
        for a, b in zip(own, other, strict=True)
    )


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME * max(abs(one), abs(other))
