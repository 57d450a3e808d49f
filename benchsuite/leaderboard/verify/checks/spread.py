"""Whether seeds differ as seeds do."""

from __future__ import annotations

from collections.abc import Iterator

from scipy.special import fdtr

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, flag
from benchsuite.leaderboard.verify.spreads import spread as spread_of

_CHANCE = 1e-4
"""Probability below which a spread is too small to be chance."""


@check("spread", "Its seeds differ as much as the board's own.")
def spread(case: Case) -> Iterator[Finding]:
    """Compare variances between seeds by Fisher's F test, pooled over generations.

    Models of one seed share human rows from generation to generation, so the degrees of freedom
    are fewer than counted here, and the bound is low. Only what counts is looked at: elsewhere
    seeds may all lie on a floor.
    """
    for metric, slice_ in sorted(case.scored):
        own = spread_of(case, case.rows, [case.regime.name], (metric, slice_))
        usual = spread_of(case, case.frozen_rows, case.anchors, (metric, slice_))
        if own is None or usual is None or usual.variance == 0:
            continue
        if own.variance == 0:
            yield flag(f"{metric}, {slice_}, is the same for all seeds; the board's differ.")
        elif fdtr(own.freedom, usual.freedom, own.variance / usual.variance) < _CHANCE:
            ratio = (own.variance / usual.variance) ** 0.5
            yield flag(f"{metric}, {slice_}, differs {ratio:.2g} times as much between seeds.")
