"""Comparisons with the control, arranged for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    ratio: str | None
    seeds: int
    drift: str | None
    within_drift: bool
    at_chance: bool
    contaminated: bool
    items: int | None
    over_items: str | None
    """The interval over items, paired by item."""
    against: str | None
    """The regime's control, where it is not the suite's."""


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
    suites_own = record.regimes[0].name
    others = {r.name: r.against for r in record.regimes if r.against != suites_own}
    found = [_measured(group, others) for group in groups.values()]
    return sorted(found, key=lambda measured: AXES.index(measured.axis))


def _measured(group: Sequence[Comparison], others: Mapping[str, str]) -> Measured:
    """Put the comparisons of a slice into words; `others` are controls that are not the suite's."""
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
        cells={c.regime: _cell(c, scale, others.get(c.regime)) for c in group},
    )


def _cell(comparison: Comparison, scale: Scale, against: str | None) -> Cell:
    return Cell(
        difference=scale.signed(comparison.difference),
        interval=scale.interval(comparison.lower, comparison.upper, signed=True),
        verdict=comparison.verdict,
        symbol=SYMBOLS[comparison.verdict],
        value=scale.text(comparison.value),
        control=scale.text(comparison.control),
        ratio=None if comparison.ratio is None else f"{comparison.ratio:.3g}",
        seeds=comparison.seeds,
        drift=scale.text(comparison.drift),
        within_drift=comparison.within_drift,
        at_chance=comparison.informative is False,
        contaminated=bool(comparison.contaminated),
        items=comparison.items,
        over_items=scale.interval(comparison.items_lower, comparison.items_upper, signed=True),
        against=against,
    )
