"""Whether the entry is better than anything verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

import numpy as np

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, flag
from benchsuite.leaderboard.verify.rows import Place, Rows, by_place

_ERRORS = 4.0
"""Standard errors from which on a gain is no chance."""


@check("plausible", "It is not better than the human-data control by more than any verified entry.")
def plausible(case: Case) -> Iterator[Finding]:
    """Compare gains over the control, at the last generation, on what counts."""
    verified = [(by_place(e.run), e.document.regime) for e in case.others if e.verified]
    for metric, slice_ in sorted(case.scored):
        gains = _gains(case, case.rows, case.regime.name, (metric, slice_))
        if not gains:
            continue
        known = [_gains(case, rows, name, (metric, slice_)) for rows, name in verified]
        most = max((float(np.mean(each)) for each in known if each), default=0.0)
        gain = float(np.mean(gains))
        error = float(np.std(gains, ddof=1) / len(gains) ** 0.5) if len(gains) > 1 else inf
        if gain > max(most, 0.0) and gain > _ERRORS * error:
            beyond = "any verified entry" if most > 0 else "human text is known to allow"
            yield flag(
                f"{metric}, {slice_}, is better than the control by {gain:.3g}, more than {beyond}."
            )


def _gains(case: Case, rows: Rows, regime: str, scored: tuple[str, str]) -> Sequence[float]:
    """Return by how much a regime is better than the control, for each seed."""
    best = case.metrics[scored[0]].best
    last = case.frozen.generations
    own, usual = (
        case.of_seeds(rows, Place(name, last, *scored)) for name in (regime, case.anchors[0])
    )
    if own is None or usual is None:
        return []
    if best == "zero":
        own, usual = [-abs(value) for value in own], [-abs(value) for value in usual]
    sign = -1.0 if best == "lower" else 1.0
    return [sign * (a - b) for a, b in zip(own, usual, strict=True)]
