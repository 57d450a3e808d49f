"""The standing of a board as files for other tools."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from benchsuite.leaderboard.scoring.published import text_of
from benchsuite.leaderboard.site.shown import Shown
from benchsuite.leaderboard.standing import Estimate

_ESTIMATE = ("value", "lower", "upper")


def write_standing(shown: Shown, folder: Path) -> None:
    """Write `standing.json`, and `standing.csv` with a row an entry and checked names alone."""
    text = text_of(shown.standing)
    (folder / "standing.json").write_text(text, encoding="utf-8", newline="\n")
    rows = list(_rows(shown))
    heads = list(dict.fromkeys(name for row in rows for name in row))
    with (folder / "standing.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, heads, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _rows(shown: Shown) -> Iterator[dict[str, object]]:
    for place in shown.places:
        entry = shown.entries[place.entry]
        row: dict[str, object] = {
            "entry": place.entry,
            "division": entry.document.division,
            "verified": entry.verified,
            "rank": place.rank,
            "best": place.best,
            "worst": place.worst,
            "pareto": place.pareto,
        }
        row |= _estimate("score", place.score) | _estimate("cost", place.cost)
        for axis, estimate in place.axes.items():
            row |= _estimate(axis, estimate)
        for one in place.metrics:
            name = f"{one.metric} {one.slice}"
            row |= _estimate(f"{name} score", one.score) | _estimate(f"{name}", one.value)
            row |= _estimate(f"{name} difference", one.difference)
        yield row


def _estimate(name: str, estimate: Estimate) -> dict[str, float | None]:
    return {f"{name} {end}": getattr(estimate, end) for end in _ESTIMATE}
