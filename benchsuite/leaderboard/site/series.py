"""What was measured of a regime's models, generation by generation and seed by seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchsuite.leaderboard.board import GRADER
from benchsuite.leaderboard.run import Run
from benchsuite.leaderboard.site.shown import Shown
from benchsuite.stats.paired import mean_interval


@dataclass(frozen=True)
class Point:
    """A generation: the mean over the board's seeds, which is None where one has no value.

    None, too, is what no number holds, as of values near the largest.
    """

    generation: int
    mean: float | None
    lower: float | None
    upper: float | None
    seeds: dict[int, float]


_MOST = 12
"""Generations of which a page has room for all numbers."""

Series = list[list[Point]]
"""The points of each measurement, by its number."""


def series(run: Run, regime: str, shown: Shown, grader: str | None = None) -> Series:
    """Return the points of a regime for each measurement of a board, in order of generations.

    Seeds and generations that are not the board's are passed over.
    """
    seeds = shown.seeds
    keys = [
        (one.metric.name, one.slice.replace(GRADER, grader or GRADER)) for one in shown.measurements
    ]
    values: dict[tuple[str, str], dict[int, dict[int, float]]] = defaultdict(dict)
    for row in _of(run.measurements, regime, {metric for metric, _ in keys}):
        known = row["seed"] in seeds and 0 <= row["generation"] <= shown.generations
        if known and row["value"] is not None:
            by_seed = values[row["metric"], row["slice"]].setdefault(row["generation"], {})
            by_seed[row["seed"]] = row["value"]
    return [
        [_point(generation, found, seeds) for generation, found in sorted(values[key].items())]
        for key in keys
    ]


def generations(points: Series) -> list[int]:
    """Return the generations that any measurement has, the first ones where there are many."""
    found = {point.generation for each in points for point in each}
    return sorted(found)[:_MOST]


def _of(table: pa.Table, regime: str, metrics: set[str]) -> list[dict[str, Any]]:
    wanted = pc.and_(
        pc.equal(table["regime"], regime),
        pc.is_in(table["metric"], pa.array(sorted(metrics), pa.string())),
    )
    columns = ["metric", "slice", "generation", "seed", "value"]
    rows: list[dict[str, Any]] = table.select(columns).filter(wanted).to_pylist()
    return rows


def _point(generation: int, found: dict[int, float], seeds: Sequence[int]) -> Point:
    by_seed = {seed: found[seed] for seed in seeds if seed in found}
    if len(by_seed) < len(seeds):  # a missing seed is not averaged over
        return Point(generation, None, None, None, by_seed)
    with np.errstate(over="ignore", invalid="ignore"):
        ends = mean_interval([*by_seed.values()])
    mean, lower, upper = (end if end is not None and isfinite(end) else None for end in ends)
    return Point(generation, mean, lower, upper, by_seed)
