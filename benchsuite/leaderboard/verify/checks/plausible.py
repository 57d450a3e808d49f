"""Whether the entry is better than anything verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import stdtrit

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, flag
from benchsuite.leaderboard.verify.rows import Place, Rows, by_place

_CHANCE = 1 / 30_000
"""Of a gain below which it is none: that of four standard errors where these are known."""


@check("plausible", "It is not better than the human-data control by more than any verified entry.")
def plausible(case: Case) -> Iterator[Finding]:
    """Test gains over the control on what counts, paired by seed, by Student's t."""
    verified = [(by_place(e.run), e.document.regime) for e in case.others if e.verified]
    for metric, slice_ in sorted(case.scored):
        gains = _gains(case, case.rows, case.regime.name, (metric, slice_))
        if len(gains) < 2:  # noqa: PLR2004 (an error takes two)
            continue
        known = [_gains(case, rows, name, (metric, slice_)) for rows, name in verified]
        most = max((0.0, *(float(np.mean(each)) for each in known if each)))
        gain, error = float(np.mean(gains)), _error(gains)
        if gain > most and gain > error * stdtrit(len(gains) - 1, 1 - _CHANCE):
            beyond = "any verified entry" if most > 0 else "human text is known to allow"
            yield flag(
                f"{metric}, {slice_}, is better than the control by {gain:.3g}, more than {beyond}."
            )


def _error(gains: Sequence[float]) -> float:
    return float(np.std(gains, ddof=1) / len(gains) ** 0.5)


def _gains(case: Case, rows: Rows, regime: str, scored: tuple[str, str]) -> Sequence[float]:
    """Return by how much a regime is better than the control, for each seed.

    As scores are: over the mean of the generations after generation 0.
    """
    curves = [_curve(case, rows, name, scored) for name in (regime, case.anchors[0])]
    if None in curves:
        return []
    own, usual = (np.asarray(curve) for curve in curves)
    return [float(gain) for gain in own.mean(axis=0) - usual.mean(axis=0)]


def _curve(
    case: Case, rows: Rows, regime: str, scored: tuple[str, str]
) -> list[list[float]] | None:
    """Return values by generation and seed, turned so that more is better; None without one."""
    best = case.metrics[scored[0]].best
    found = []
    for generation in range(1, case.frozen.generations + 1):
        values = case.of_seeds(rows, Place(regime, generation, *scored))
        if values is None:
            return None
        turned = [-abs(value) if best == "zero" else value for value in values]
        found.append([-value for value in turned] if best == "lower" else turned)
    return found
