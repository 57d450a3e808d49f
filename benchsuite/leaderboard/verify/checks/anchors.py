"""Whether the entry's own control and blind self-training fare as the board's do."""

from __future__ import annotations

from collections.abc import Iterator

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, flag
from benchsuite.leaderboard.verify.joint import Joint, bound, joint
from benchsuite.leaderboard.verify.spreads import apart


@check("anchors", "Its control and its blind self-training come out as the board's did.")
def anchors(case: Case) -> Iterator[Finding]:
    """Compare what scores take of each: seed by seed, mean over seeds, and all of it together.

    An entry's score is what it is ahead of its own control, so a poor control makes a good entry.
    On the board's machine both are equal; on another, rounding makes them as far apart as other
    seeds are. A mean over seeds is nearer, so that it tells what no seed does by itself.
    """
    together = joint(case)
    for name in case.anchors:
        for scored in case.spreads:
            yield from _one(case, name, scored)
        if together is not None:
            yield from _all(case, name, together)


def _all(case: Case, name: str, together: Joint) -> Iterator[Finding]:
    """Compare all that counts at once."""
    seeds = case.frozen.seeds
    shift = together.shift(case.rows, case.frozen_rows, name, seeds)
    most = bound(len(case.anchors), together.spread.freedom, len(seeds))
    if shift is not None and not abs(shift) <= most:
        better = "better" if shift > 0 else "worse"
        yield flag(
            f"all that counts of {name}, taken together, is {abs(shift):.1f} standard deviations "
            f"{better} than the board's own."
        )


def _one(case: Case, name: str, scored: tuple[str, str]) -> Iterator[Finding]:
    """Compare one measurement."""
    own, usual = (case.curve(rows, name, scored) for rows in (case.rows, case.frozen_rows))
    if own is None or usual is None:
        return
    spread, seeds, most = case.spreads[scored], case.frozen.seeds, case.board.document.tolerance
    what = f"{scored[0]}, {scored[1]}, of {name}"
    for seed, one, other in zip(seeds, own, usual, strict=True):
        far = apart(one, other, spread.deviation)
        if not far <= most:
            yield flag(
                f"{what}, seed {seed}, is {far:.1f} standard deviations from the board's own."
            )
    far = apart(sum(own) / len(own), sum(usual) / len(usual), spread.deviation)
    comparisons = len(case.anchors) * len(case.spreads)
    if not far <= bound(comparisons, spread.freedom, len(seeds)):
        yield flag(
            f"{what}, mean over seeds, is {far:.1f} standard deviations from the board's own."
        )
