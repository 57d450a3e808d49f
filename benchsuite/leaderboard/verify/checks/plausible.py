"""Whether the entry is better than anything verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt

from scipy.special import stdtrit

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, flag
from benchsuite.leaderboard.verify.joint import CHANCE
from benchsuite.leaderboard.verify.rows import Rows, by_place


@check("plausible", "It is not better than the human-data control by more than any verified entry.")
def plausible(case: Case) -> Iterator[Finding]:
    """Test gains over the control on what counts, all corrected together, by Student's t.

    The error of a gain is that of seeds of the board's baselines: by its own, an entry whose
    seeds differ much could be as good as it likes. Entry and control have the same seeds; that
    they have something in common makes the error smaller, and is left out.
    """
    verified = [(by_place(e.run), e.document.regime) for e in case.others if e.verified]
    for scored, spread in case.spreads.items():
        gains = _gains(case, case.rows, case.regime.name, scored)
        if gains is None:
            continue
        known = [_gains(case, rows, name, scored) for rows, name in verified]
        most = max((0.0, *(_mean(each) for each in known if each)))
        error = spread.deviation * sqrt(2 / len(gains))
        gain, limit = (
            _mean(gains),
            error * float(stdtrit(spread.freedom, 1 - CHANCE / len(case.scored))),
        )
        if not gain <= max(most, limit):
            beyond = "any verified entry" if most > 0 else "human text is known to allow"
            yield flag(
                f"{', '.join(scored)}, is better than the control by {gain:.3g}, more than "
                f"{beyond}."
            )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _gains(case: Case, rows: Rows, regime: str, scored: tuple[str, str]) -> Sequence[float] | None:
    """Return by how much a regime is better than the control, for each seed."""
    own, usual = (case.curve(rows, name, scored) for name in (regime, case.anchors[0]))
    if own is None or usual is None:
        return None
    return [one - other for one, other in zip(own, usual, strict=True)]
