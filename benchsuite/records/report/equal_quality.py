"""Cost ratios at equal quality in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from benchsuite.records.equal_quality import EqualQualityEntry
from benchsuite.records.record import Record
from benchsuite.records.report.numbers import Scale, quantity, short

_MARKS = {
    "cheaper": ("better", "\u2713"),
    "dearer": ("worse", "\u2715"),
    "unclear": ("unclear", "?"),
}
"""The style sheet's class of a verdict, and its sign."""


@dataclass(frozen=True)
class ToldRatio:
    """A ratio in words, None where there is none; a bound has neither interval nor verdict."""

    ratio: str | None
    interval: str | None
    verdict: str | None
    colour: str | None
    symbol: str | None
    costs: str | None
    reason: str | None


@dataclass(frozen=True)
class ToldModel:
    """A regime's models of one generation: what they reached, and a ratio for each cost."""

    regime: str
    generation: int
    quality: str | None
    ratios: list[ToldRatio]


@dataclass(frozen=True)
class ToldEqualQuality:
    """All of it; `costs` are metrics with their titles, in the order of each model's ratios."""

    metric: str
    title: str
    unit: str
    costs: list[tuple[str, str]]
    models: list[ToldModel]


def told(record: Record) -> ToldEqualQuality | None:
    """Put a record's cost ratios into words; None where there are none."""
    entries = record.equal_quality
    if not entries:
        return None
    first = entries[0]
    units = {metric.name: metric.unit for metric in record.metrics}
    scale = Scale.of(units.get(first.quality_metric, ""), [entry.quality for entry in entries])
    by_model = groupby(entries, lambda entry: (entry.regime, entry.generation))
    models = [
        ToldModel(regime, generation, scale.text(found[0].quality), list(map(_ratio, found)))
        for (regime, generation), found in ((key, list(group)) for key, group in by_model)
    ]
    return ToldEqualQuality(
        metric=first.quality_metric,
        title=_title(first.quality_metric, first.quality_slice),
        unit=scale.unit,
        costs=[
            (entry.cost_metric, _title(entry.cost_metric, entry.cost_slice))
            for entry in entries[: len(models[0].ratios)]
        ],
        models=models,
    )


def _title(metric: str, slice_: str) -> str:
    return short(metric) + ("" if slice_ == "all" else f", {slice_}")


def _ratio(entry: EqualQualityEntry) -> ToldRatio:
    verdict = _verdict(entry)
    colour, symbol = _MARKS[verdict] if verdict else (None, None)
    bound = "" if entry.bound == "none" else f"{entry.bound} "
    interval = None
    if entry.lower is not None and entry.upper is not None:
        interval = f"[{_number(entry.lower)}, {_number(entry.upper)}]"
    own, control = (quantity(cost, entry.unit) for cost in (entry.cost, entry.control))
    return ToldRatio(
        ratio=None if entry.ratio is None else f"{bound}{_number(entry.ratio)} times",
        interval=interval,
        verdict=verdict,
        colour=colour,
        symbol=symbol,
        costs=f"{own} against {control}" if own and control else None,
        reason=entry.reason,
    )


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "\u2212")


def _verdict(entry: EqualQualityEntry) -> str | None:
    """Say whether the interval excludes equal costs; None where there is no ratio but a bound."""
    if entry.ratio is None or entry.bound != "none":
        return None
    if entry.upper is not None and entry.upper < 1:
        return "cheaper"
    return "dearer" if entry.lower is not None and entry.lower > 1 else "unclear"
