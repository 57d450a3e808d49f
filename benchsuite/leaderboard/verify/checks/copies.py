"""Whether the entry's numbers are somebody else's."""

from __future__ import annotations

from collections.abc import Iterator

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, flag
from benchsuite.leaderboard.verify.rows import Place, Rows, by_place


@check("copies", "Its numbers are no other entry's, nor a baseline's.")
def copies(case: Case) -> Iterator[Finding]:
    """Compare all values from generation 1 on, bit for bit; what costs is often equal."""
    own = _values(case, case.rows, case.regime.name)
    if not own:
        return
    for name in case.anchors:
        if _values(case, case.rows, name) == own:
            yield flag(f"its numbers are those of {name}, all of them.")
    for other in case.others:
        if _values(case, by_place(other.run), other.document.regime) == own:
            yield flag(f"its numbers are those of the entry {other.name}, all of them.")


def _values(case: Case, rows: Rows, regime: str) -> dict[tuple[int, str, str], list[float]]:
    """Return what was measured of a regime's models that learned from what models wrote."""
    found = {}
    for metric, slice_ in case.compared():
        if case.metrics[metric].axis == "cost":
            continue
        for generation in range(1, case.frozen.generations + 1):
            values = case.of_seeds(rows, Place(regime, generation, metric, slice_))
            if values is not None:
                found[generation, metric, slice_] = values
    return found
