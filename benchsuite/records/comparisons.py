"""Every regime against its control, measurement by measurement, paired over seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import pyarrow as pa

from benchsuite.plugins.kinds import Best
from benchsuite.records.items import Items
from benchsuite.records.record import Comparison, MetricEntry
from benchsuite.stats.gain import gain
from benchsuite.stats.paired import Interval, paired_difference
from benchsuite.suites.suite import Suite


class _Measured(NamedTuple):
    value: float | None = None
    informative: bool | None = None
    contaminated: bool | None = None
    drift: float | None = None


Values = dict[tuple[str, int, str, str], dict[int, _Measured]]
"""What was measured by seed, for each (regime, generation, metric, slice)."""


def compare(
    measurements: pa.Table,
    suite: Suite,
    against: Mapping[str, str],
    metrics: Sequence[MetricEntry],
    items: Items | None = None,
) -> list[Comparison]:
    """Return the paired difference to each regime's control of whatever may be compared.

    `against` names each regime's control. Left out are context slices and metrics that no seed
    fixes. Differences are paired by `items`, too, where metrics tell these.
    """
    values = _values(measurements)
    entries = {entry.name: entry for entry in metrics}
    headlines = _headlines(suite)
    found = []
    for (regime, generation, metric, slice_), by_seed in values.items():
        entry, control = entries[metric], against[regime]
        if regime == control or slice_ in entry.context_slices or not entry.reproducible:
            continue
        if entry.axis == "grading":  # human rows are not graded, so the control has no graders
            continue
        matched = values.get((control, generation, metric, slice_), {})
        none = _Measured()
        pairs = [(by_seed.get(seed, none), matched.get(seed, none)) for seed in suite.seeds]
        values_of = [(a.value, b.value) for a, b in pairs]
        complete = [(a, b) for a, b in values_of if a is not None and b is not None]
        whole = len(complete) == len(pairs)  # a seed that is missing is not averaged over
        difference = _difference(complete) if whole else None
        value = _mean([a for a, _ in complete]) if whole else None
        usual = _mean([b for _, b in complete]) if whole else None
        by_item = items and items.difference(regime, control, generation, metric, slice_)
        over_items, asked = (by_item if whole and by_item else None) or (None, None)
        found.append(
            Comparison(
                regime=regime,
                generation=generation,
                metric=metric,
                slice=slice_,
                axis=entry.axis,
                unit=entry.unit,
                best=entry.best,
                value=value,
                control=usual,
                ratio=value / usual if entry.axis == "cost" and value and usual else None,
                difference=difference and difference.mean,
                lower=difference and difference.lower,
                upper=difference and difference.upper,
                seeds=len(complete),
                items=asked,
                items_lower=over_items and over_items.lower,
                items_upper=over_items and over_items.upper,
                verdict=_verdict(complete, entry.best) if whole else "unclear",
                contaminated=_any(each.contaminated for pair in pairs for each in pair),
                informative=_any(each.informative for pair in pairs for each in pair),
                drift=_root_mean_square([a.drift for a, _ in pairs if a.drift is not None]),
                headline=(metric, slice_) in headlines,
            )
        )
    return found


def _values(measurements: pa.Table) -> Values:
    values: Values = defaultdict(dict)
    for row in measurements.to_pylist():
        key = (row["regime"], row["generation"], row["metric"], row["slice"])
        values[key][row["seed"]] = _Measured(**{name: row[name] for name in _Measured._fields})
    return values


def _any(flags: Iterable[bool | None]) -> bool | None:
    """Say whether a flag of any model is set; None where none is known."""
    known = [flag for flag in flags if flag is not None]
    return any(known) if known else None


def _headlines(suite: Suite) -> set[tuple[str, str]]:
    return {(headline.metric, headline.slice) for headline in suite.headline.values()}


def _difference(pairs: Sequence[tuple[float, float]]) -> Interval:
    return paired_difference([a for a, _ in pairs], [b for _, b in pairs])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _root_mean_square(values: Sequence[float]) -> float | None:
    return _mean([value**2 for value in values]) ** 0.5 if values else None


def _verdict(
    pairs: Sequence[tuple[float, float]], best: Best
) -> Literal["better", "worse", "unclear"]:
    """Say whether a difference is resolved, and in which direction."""
    treated, control = (gain([pair[side] for pair in pairs], best) for side in (0, 1))
    interval = paired_difference(treated.tolist(), control.tolist())
    if interval.lower is not None and interval.lower > 0:
        return "better"
    if interval.upper is not None and interval.upper < 0:
        return "worse"
    return "unclear"
