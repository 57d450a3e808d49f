"""Whether seeds differ as seeds do."""

from __future__ import annotations

from collections.abc import Iterator

from scipy.special import fdtr, fdtrc

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, flag
from benchsuite.leaderboard.verify.joint import CHANCE
from benchsuite.leaderboard.verify.spreads import pooled


@check("spread", "Its seeds differ as much as the board's own.")
def spread(case: Case) -> Iterator[Finding]:
    """Compare variances between seeds by Fisher's F test, on both sides, all corrected together.

    Of what scores take: the mean over generations. Models of one seed share human rows, so that
    generations are no samples of their own, and would not count as such. Only what counts is
    looked at: elsewhere seeds may all lie on a floor.
    """
    for scored in sorted(case.scored):
        own = pooled([case.curve(case.rows, case.regime.name, scored)])
        usual = pooled(case.curve(case.frozen_rows, name, scored) for name in case.anchors)
        if own is None or usual is None or usual.variance == 0:
            continue
        what, ratio = ", ".join(scored), own.variance / usual.variance
        sides = (side(own.freedom, usual.freedom, ratio) for side in (fdtr, fdtrc))
        if own.variance == 0:
            yield flag(f"{what}, is the same for all seeds; the board's differ.")
        elif not min(sides) >= CHANCE / (2 * len(case.scored)):
            yield flag(f"{what}, differs {ratio**0.5:.2g} times as much between seeds.")
