"""Measurements over generations: means over seeds with their intervals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import pyarrow as pa

from benchsuite.records.record import MetricEntry, Record
from benchsuite.records.report.numbers import Scale, short
from benchsuite.stats.paired import mean_interval

DIRECTIONS = {
    "higher": "higher is better",
    "lower": "lower is better",
    "zero": "closest to zero is best",
}
_Seeds = dict[int, float]


@dataclass(frozen=True)
class Point:
    """A regime at a generation. The mean is None where a seed has no value."""

    generation: int
    mean: float | None
    lower: float | None
    upper: float | None
    seeds: tuple[float, ...]


@dataclass(frozen=True)
class Reference:
    """A level to compare curves with."""

    value: float
    label: str


@dataclass(frozen=True)
class Curve:
    """One slice of a metric over generations, regime by regime."""

    metric: MetricEntry
    slice: str
    series: dict[str, tuple[Point, ...]]
    reference: Reference | None
    drift: tuple[float | None, ...] = ()
    """The standard error of its neutral drift, generation by generation, where that is known."""

    @property
    def title(self) -> str:
        """What is measured, in few words."""
        name = short(self.metric.name)
        return name if self.slice == "all" else f"{name}, {self.slice}"

    @property
    def direction(self) -> str:
        """Which values are good."""
        return DIRECTIONS[self.metric.best]

    @property
    def context(self) -> bool:
        """Whether it is only shown beside the others."""
        return self.slice in self.metric.context_slices

    @cached_property
    def points(self) -> list[Point]:
        """The points of all regimes."""
        return [point for points in self.series.values() for point in points]

    @cached_property
    def values(self) -> list[float]:
        """What a drawing has to have room for: every seed's value and the reference."""
        found = [value for point in self.points for value in point.seeds]
        return [*found, self.reference.value] if found and self.reference else found

    @cached_property
    def scale(self) -> Scale:
        """How its numbers are written."""
        return Scale.of(self.metric.unit, self.values)


def curves(record: Record, measurements: pa.Table) -> list[Curve]:
    """Return every slice of every metric, in the order of the record and the measurements."""
    values = _values(measurements)
    metrics = {metric.name: metric for metric in record.metrics}
    slices = dict.fromkeys((name, slice_) for name, slice_, _ in values if name in metrics)
    return [
        Curve(
            metrics[name],
            slice_,
            {
                regime.name: _series(values.get((name, slice_, regime.name), {}), record)
                for regime in record.regimes
            },
            _reference(metrics[name], slice_, values),
            _drift(record, name, slice_),
        )
        for name, slice_ in sorted(slices, key=lambda key: list(metrics).index(key[0]))
    ]


_Values = dict[tuple[str, str, str], dict[int, _Seeds]]
"""Finite values by (metric, slice, regime), then generation, then seed."""


def _values(measurements: pa.Table) -> _Values:
    columns = ("metric", "slice", "regime", "generation", "seed", "value")
    found: _Values = defaultdict(lambda: defaultdict(dict))
    for row in measurements.select(columns).to_pylist():
        by_seed = found[row["metric"], row["slice"], row["regime"]][row["generation"]]
        if row["value"] is not None and isfinite(row["value"]):
            by_seed[row["seed"]] = row["value"]
    return found


def _series(by_generation: dict[int, _Seeds], record: Record) -> tuple[Point, ...]:
    return tuple(
        _point(generation, by_generation.get(generation, {}), record)
        for generation in range(record.generations + 1)
    )


def _point(generation: int, by_seed: _Seeds, record: Record) -> Point:
    seeds = tuple(by_seed[seed] for seed in record.seeds if seed in by_seed)
    if not seeds or len(seeds) < len(record.seeds):  # a missing seed is not averaged over
        return Point(generation, None, None, None, seeds)
    return Point(generation, *mean_interval(seeds), seeds)


def _drift(record: Record, metric: str, slice_: str) -> tuple[float | None, ...]:
    """Return the largest standard error of any regime: most keep to one generation 0."""
    found: dict[int, float] = {}
    for each in record.comparisons:
        if (each.metric, each.slice) == (metric, slice_) and each.drift is not None:
            found[each.generation] = max(each.drift, found.get(each.generation, 0.0))
    return tuple(found.get(each) for each in range(record.generations + 1)) if found else ()


def _reference(metric: MetricEntry, slice_: str, values: _Values) -> Reference | None:
    if slice_ in metric.context_slices:
        return None
    against_human = "human" in metric.context_slices
    if metric.best == "zero":
        return Reference(0.0, "human text" if against_human else "zero")
    human = [
        value
        for (name, of, _), by_generation in values.items()
        if against_human and (name, of) == (metric.name, "human")
        for by_seed in by_generation.values()
        for value in by_seed.values()
    ]
    return Reference(sum(human) / len(human), "human text") if human else None
