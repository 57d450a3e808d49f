"""The claims of a suite against what was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa

from benchsuite.records.record import ClaimEntry, ContrastEntry, MetricEntry
from benchsuite.stats.drift import drift_variance
from benchsuite.stats.paired import Interval, mean_interval
from benchsuite.stats.verdict import joined, judge
from benchsuite.suites.claims import Claim, Contrast, Reading
from benchsuite.suites.suite import Suite

_UNITS = {"ratio": "times", "drift": "standard errors"}


class _Measured(NamedTuple):
    value: float
    n: int


_Values = dict[Reading, dict[int, _Measured]]
"""What was measured, by reading, then seed. Missing values are not in it."""


def judge_claims(
    measurements: pa.Table, suite: Suite, metrics: Sequence[MetricEntry]
) -> list[ClaimEntry]:
    """Return each claim of a suite with what was measured and the verdict."""
    values: _Values = defaultdict(dict)
    for row in measurements.to_pylist():
        if row["value"] is not None:
            reading = Reading(row["regime"], row["generation"], row["metric"], row["slice"])
            values[reading][row["seed"]] = _Measured(row["value"], row["n"])
    units = {metric.name: metric.unit for metric in metrics}
    return [_claim(claim, _Judge(suite, values, units)) for claim in suite.claims]


def _claim(claim: Claim, judge: _Judge) -> ClaimEntry:
    contrasts = [found for contrast in claim.contrasts for found in judge.contrast(contrast)]
    return ClaimEntry(
        claim=claim.claim,
        statement=claim.statement,
        sources=claim.sources,
        contrasts=contrasts,
        verdict=joined(contrast.verdict for contrast in contrasts),
    )


class _Judge:
    def __init__(self, suite: Suite, values: _Values, units: dict[str, str]) -> None:
        self._suite, self._values, self._units = suite, values, units

    def contrast(self, contrast: Contrast) -> Iterator[ContrastEntry]:
        """Judge a contrast in each generation that it speaks of."""
        for generation in contrast.generations(self._suite.generations):
            by_seed = [self._value(contrast, generation, seed) for seed in self._suite.seeds]
            interval = _interval(by_seed)
            _, other = contrast.sides(generation)
            yield ContrastEntry(
                says=contrast.says,
                expected=contrast.expected,
                metric=contrast.metric,
                slice=contrast.slice,
                regime=contrast.regime,
                generation=generation,
                against_regime=other.regime,
                against_generation=other.generation,
                compare=contrast.compare,
                beyond=contrast.beyond and contrast.beyond.model_dump(exclude_none=True),
                unit=_UNITS.get(contrast.compare) or self._units[contrast.metric],
                least=contrast.least,
                most=contrast.most,
                values=by_seed,
                mean=interval and interval.mean,
                lower=interval and interval.lower,
                upper=interval and interval.upper,
                verdict=judge(interval, contrast.least, contrast.most),
            )

    def _value(self, contrast: Contrast, generation: int, seed: int) -> float | None:
        """Return the contrast for one seed; None where a measurement is missing."""
        first, other = contrast.sides(generation)
        a, b = (self._values.get(side, {}).get(seed) for side in (first, other))
        if a is None or b is None:
            return None
        value = self._compared(contrast, a, b, first.generation - other.generation)
        beyond = contrast.other()
        if value is None or beyond is None:
            return value
        less = self._value(beyond, generation, seed)
        return None if less is None else value - less

    def _compared(
        self, contrast: Contrast, a: _Measured, b: _Measured, generations: int
    ) -> float | None:
        if contrast.compare == "difference":
            return a.value - b.value
        if contrast.compare == "ratio":
            return a.value / b.value if b.value else None
        # As many draws as a generation's whole training text holds, by its share in the samples.
        passed_on = max(1, b.n * self._suite.budget.amount / self._suite.samples.budget.amount)
        variance = drift_variance(b.value, passed_on, generations, (b.n, a.n))
        return (a.value - b.value) / variance**0.5 if variance > 0 else None


def _interval(by_seed: Sequence[float | None]) -> Interval | None:
    """Return mean and interval; None where a seed is missing, which is not averaged over."""
    complete = [value for value in by_seed if value is not None]
    return mean_interval(complete) if complete and len(complete) == len(by_seed) else None
