"""Whether the entry's own control and blind self-training fare as the board's do."""

from __future__ import annotations

from collections.abc import Iterator

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, flag
from benchsuite.leaderboard.verify.rows import Place
from benchsuite.leaderboard.verify.spreads import deviations


@check("anchors", "Its control and its blind self-training come out as the board's did.")
def anchors(case: Case) -> Iterator[Finding]:
    """Compare seed by seed, in standard deviations between seeds.

    Scores are between these two, so a poor control makes a good entry. On the same machine they
    are equal; on another, rounding makes them as far apart as other seeds are.
    """
    most = case.board.document.tolerance
    for name in case.anchors:
        for metric, slice_ in sorted(case.scored):
            for generation in range(case.frozen.generations + 1):
                place = Place(name, generation, metric, slice_)
                own, usual = (case.of_seeds(r, place) for r in (case.rows, case.frozen_rows))
                if own is None or usual is None:
                    continue
                far = deviations(own, usual, case.spreads.get((metric, slice_), 0.0))
                if far > most:
                    yield flag(f"{place} is {far:.1f} standard deviations from the board's own.")
