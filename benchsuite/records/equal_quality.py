"""What regimes cost over what the human-data control costs at the quality that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import exp, log
from typing import NamedTuple

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from benchsuite.stats.learning_curve import Bound, Point, cost_at
from benchsuite.stats.paired import paired_difference
from benchsuite.suites.equal_quality import EqualQuality, Measured
from benchsuite.suites.suite import Suite

_OF_RATIO: Mapping[Bound, Bound] = {"none": "none", "at most": "at least", "at least": "at most"}
"""Which bound of a ratio a bound of its denominator is."""

_WHY = {
    "at least": "worse than every rung of the curve: less than the cheapest would do",
    "at most": "better than every rung of the curve: more than the dearest would be needed",
}


class EqualQualityEntry(BaseModel):
    """A regime's cost over the control's at the quality that the regime reached."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    regime: str = Field(description="The regime.")
    generation: int = Field(description="The generation.")
    curve_generation: int = Field(description="Generation of the control's models on the curve.")
    quality_metric: str = Field(description="Full name of the metric that quality is told by.")
    quality_slice: str = Field(description="Its slice.")
    quality: float | None = Field(
        description="Mean of the regime's quality over seeds; None if a seed has none."
    )
    cost_metric: str = Field(description="Full name of the metric of cost.")
    cost_slice: str = Field(description="Its slice.")
    unit: str = Field(description="Unit of both costs.")
    cost: float | None = Field(description="Geometric mean of the regime's cost over seeds.")
    control: float | None = Field(
        description="Geometric mean over seeds of what the control costs at the quality of the "
        "regime's model of that seed; where `bound` is not none, of the nearest rung."
    )
    ratio: float | None = Field(
        description="cost / control; None where it cannot be told, see `reason`."
    )
    lower: float | None = Field(
        description="Lower end of its 95 % interval: Student's t on logarithms, paired by seed."
    )
    upper: float | None = Field(description="Upper end of its 95 % interval.")
    bound: Bound = Field(description="Whether the ratio is at least, or at most, the one given.")
    seeds: int = Field(description="Number of pairs.")
    reason: str | None = Field(description="Why there is a bound only, or no ratio.")


class _NoRatio(Exception):
    """Says why there is none."""


class _Seed(NamedTuple):
    """What one seed's model cost, and the control's at its quality."""

    cost: float
    control: float
    bound: Bound


_Key = tuple[str, int, str, str, int]
"""Regime, generation, metric, slice and seed."""


def compare_costs(
    measurements: pa.Table, suite: Suite, last: Mapping[str, int]
) -> list[EqualQualityEntry]:
    """Return the cost ratios of all regimes that are not on the curve, in every generation after 0.

    `last` names the regimes with their last generations. There are none where the suite asks for
    no `equal_quality`.
    """
    asked = suite.equal_quality
    return list(_Comparer(measurements, suite.seeds, last, asked).entries()) if asked else []


class _Comparer:
    def __init__(
        self,
        measurements: pa.Table,
        seeds: Sequence[int],
        last: Mapping[str, int],
        asked: EqualQuality,
    ) -> None:
        self._asked, self._seeds, self._last = asked, seeds, last
        self._values: dict[_Key, float | None] = {}
        self._units: dict[str, str] = {}
        self._sign = 1.0
        for row in measurements.to_pylist():
            key = (row["regime"], row["generation"], row["metric"], row["slice"], row["seed"])
            self._values[key] = row["value"]
            self._units[row["metric"]] = row["unit"]
            if row["metric"] == asked.quality.metric and row["higher_is_better"]:
                self._sign = -1.0  # the interpolation is over losses

    def entries(self) -> Iterator[EqualQualityEntry]:
        for regime, last in self._last.items():
            for generation in range(1, last + 1) if regime not in self._asked.curve else ():
                for cost in self._asked.cost:
                    yield self._entry(regime, generation, cost)

    def _entry(self, regime: str, generation: int, cost: Measured) -> EqualQualityEntry:
        # One generation for the whole curve: its models then share initialisation and order.
        on_curve = min(generation, *(self._last[rung] for rung in self._asked.curve))
        found: list[_Seed] = []
        bound: Bound = "none"
        reason = None
        try:
            found = [self._seed(regime, generation, on_curve, cost, seed) for seed in self._seeds]
            bound, reason = _bound(found, self._seeds)
        except _NoRatio as failure:
            found, reason = [], str(failure)
        logs = [log(each.cost) for each in found], [log(each.control) for each in found]
        ratio = paired_difference(*logs) if found else None
        exact = ratio if bound == "none" else None
        return EqualQualityEntry(
            regime=regime,
            generation=generation,
            curve_generation=on_curve,
            quality_metric=self._asked.quality.metric,
            quality_slice=self._asked.quality.slice,
            quality=_mean(self._of_seeds(regime, generation, self._asked.quality)),
            cost_metric=cost.metric,
            cost_slice=cost.slice,
            unit=self._units.get(cost.metric, ""),
            cost=_geometric_mean(self._of_seeds(regime, generation, cost)),
            control=_geometric_mean([each.control for each in found]),
            ratio=ratio and exp(ratio.mean),
            lower=None if exact is None or exact.lower is None else exp(exact.lower),
            upper=None if exact is None or exact.upper is None else exp(exact.upper),
            bound=bound,
            seeds=len(found),
            reason=reason,
        )

    def _seed(
        self, regime: str, generation: int, on_curve: int, cost: Measured, seed: int
    ) -> _Seed:
        """Return the costs of one seed; its model is compared with the curve of that seed."""
        own = self._point(regime, generation, cost, seed)
        curve = [self._point(rung, on_curve, cost, seed) for rung in self._asked.curve]
        control = cost_at(own.loss, curve)
        if control is None:
            raise _NoRatio(f"the curve of seed {seed} is not monotone there")
        return _Seed(own.cost, control.cost, _OF_RATIO[control.bound])

    def _point(self, regime: str, generation: int, cost: Measured, seed: int) -> Point:
        values = [
            self._values.get((regime, generation, of.metric, of.slice, seed))
            for of in (self._asked.quality, cost)
        ]
        quality, spent = values
        where = f"{regime}, generation {generation}, seed {seed}"
        if quality is None or spent is None:
            lacks = self._asked.quality if quality is None else cost
            raise _NoRatio(f"{lacks.metric} {lacks.slice} has no value for {where}")
        if spent <= 0:
            raise _NoRatio(f"{where} cost nothing, of which there are no ratios")
        return Point(self._sign * quality, spent)

    def _of_seeds(self, regime: str, generation: int, of: Measured) -> list[float | None]:
        return [
            self._values.get((regime, generation, of.metric, of.slice, seed))
            for seed in self._seeds
        ]


def _bound(found: Sequence[_Seed], seeds: Sequence[int]) -> tuple[Bound, str | None]:
    """Return which bound the mean over seeds is, and why. Raises `_NoRatio` where it is none."""
    bounds = {each.bound for each in found} - {"none"}
    if len(bounds) > 1:
        raise _NoRatio("some seeds are worse than every rung of the curve, others better")
    if not bounds:
        return "none", None
    (bound,) = bounds
    outside = [str(seed) for seed, each in zip(seeds, found, strict=True) if each.bound == bound]
    which = "" if len(outside) == len(found) else f"seed {', '.join(outside)} is "
    return bound, which + _WHY[bound]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


def _geometric_mean(values: Sequence[float | None]) -> float | None:
    if any(value is None or value <= 0 for value in values):
        return None
    mean = _mean([log(value) for value in values if value is not None])
    return None if mean is None else exp(mean)
