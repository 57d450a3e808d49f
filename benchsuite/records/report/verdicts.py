"""Comparisons with the control, arranged for reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from benchsuite.plugins.kinds import Axis
from benchsuite.records.record import Comparison, Record
from benchsuite.records.report.curves import DIRECTIONS
from benchsuite.records.report.numbers import Scale, short

SYMBOLS = {"better": "\u2713", "worse": "\u2715", "unclear": "?"}
AXES: tuple[Axis, ...] = (
    "generalization",
    "creativity",
    "bias",
    "factuality",
    "privacy",
    "homogeneity",
    "grading",
    "cost",
)
assert set(AXES) == set(get_args(Axis))


@dataclass(frozen=True)
class Cell:
    """A comparison in words."""

    difference: str | None
    interval: str | None
    verdict: str
    symbol: str
    value: str | None
    control: str | None
    seeds: int
    drift: str | None
    at_chance: bool


@dataclass(frozen=True)
class Measured:
    """A slice of a metric: its heading, and the cell of each regime that has one."""

    axis: Axis
    metric: str
    title: str
    unit: str
    direction: str
    cells: dict[str, Cell]


def last_generation(record: Record, *, headline: bool) -> list[Measured]:
    """Return what was compared at each regime's last generation, by axis."""
    groups: dict[tuple[str, str], list[Comparison]] = {}
    last = {regime.name: regime.generations for regime in record.regimes}
    for comparison in record.comparisons:
        ended = comparison.generation == last[comparison.regime]
        if ended and (comparison.headline or not headline):
            groups.setdefault((comparison.metric, comparison.slice), []).append(comparison)
    found = [_measured(group) for group in groups.values()]
    return sorted(found, key=lambda measured: AXES.index(measured.axis))


def _measured(group: Sequence[Comparison]) -> Measured:
    first = group[0]
    name = short(first.metric)
    values = [value for c in group for value in (c.value, c.control)]
    scale = Scale.of(first.unit, values, [c.difference for c in group], digits=3)
    return Measured(
        axis=first.axis,
        metric=first.metric,
        title=name if first.slice == "all" else f"{name}, {first.slice}",
        unit=scale.unit,
        direction=DIRECTIONS[first.best],
        cells={c.regime: _cell(c, scale) for c in group},
    )


def _cell(comparison: Comparison, scale: Scale) -> Cell:
    return Cell(
        difference=scale.signed(comparison.difference),
        interval=scale.interval(comparison.lower, comparison.upper, signed=True),
        verdict=comparison.verdict,
        symbol=SYMBOLS[comparison.verdict],
        value=scale.text(comparison.value),
        control=scale.text(comparison.control),
        seeds=comparison.seeds,
        drift=scale.text(comparison.drift),
        at_chance=comparison.informative is False,
    )
