"""Measurements in the order in which checks ask for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from benchsuite.leaderboard.run import Run


class Place(NamedTuple):
    """Which models a measurement is of, and what was measured."""

    regime: str
    generation: int
    metric: str
    slice: str

    def __str__(self) -> str:
        of = "" if self.slice == "all" else f", {self.slice}"
        return f"{self.metric}{of} of {self.regime}, generation {self.generation}"


Rows = Mapping[Place, Mapping[int, dict[str, Any]]]
"""Measurements by place, then seed, each with the columns of `MEASUREMENT_SCHEMA`."""


def by_place(run: Run) -> Rows:
    """Return the measurements of a run by place, then seed."""
    found: dict[Place, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in run.measurements.to_pylist():
        place = Place(row["regime"], row["generation"], row["metric"], row["slice"])
        found[place][row["seed"]] = row
    return dict(found)
