"""Whether each measurement agrees with itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error, flag


@check("measurements", "Each measurement agrees with its interval, its count and its marks.")
def measurements(case: Case) -> Iterator[Finding]:
    """Look at each row by itself."""
    for place, by_seed in case.rows.items():
        for seed, row in by_seed.items():
            yield from _row(row, f"{place}, seed {seed}")


def _row(row: dict[str, Any], where: str) -> Iterator[Finding]:
    value, lower, upper = row["value"], row["lower"], row["upper"]
    if (lower is None) != (upper is None):
        yield error(f"{where}: its interval has one end.")
        return
    if lower is not None:
        if lower > upper:
            yield error(f"{where}: its interval begins above its end.")
        elif value is not None and not lower <= value <= upper:
            yield flag(f"{where}: its value lies outside its interval.")
    if row["n"] is None or row["n"] < 0 or (row["n"] == 0 and value is not None):
        yield error(f"{where}: it is a measurement of {row['n']} things.")
    if row["informative"] is not _informative(row):
        yield error(f"{where}: its mark informative is not what interval and chance say.")


def _informative(row: dict[str, Any]) -> bool | None:
    """Say whether a measurement's interval excludes chance; None where that is not known."""
    chance, lower, upper = row["chance"], row["lower"], row["upper"]
    return None if None in (chance, lower, upper) else not lower <= chance <= upper
