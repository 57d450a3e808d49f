"""Measurements as scores take them: over generations, turned so that more is better."""

from __future__ import annotations

from collections.abc import Sequence

from benchsuite.leaderboard.verify.rows import Place, Rows
from benchsuite.plugins.kinds import Best


def turned(value: float, best: Best) -> float:
    """Return a value so that more is better; of what is best at zero, the distance from it."""
    return -abs(value) if best == "zero" else -value if best == "lower" else value


def curve(
    rows: Rows,
    regime: str,
    scored: tuple[str, str],
    *,
    best: Best,
    seeds: Sequence[int],
    generations: int,
) -> list[float] | None:
    """Return, for each seed, the mean over the generations after generation 0, turned.

    None where a value is missing.
    """
    places = [Place(regime, number, *scored) for number in range(1, generations + 1)]
    found = []
    for seed in seeds:
        rows_of = [rows.get(place, {}).get(seed, {}) for place in places]
        values = [turned(row["value"], best) for row in rows_of if row.get("value") is not None]
        if len(values) < max(1, len(places)):
            return None
        found.append(sum(values) / len(values))
    return found
