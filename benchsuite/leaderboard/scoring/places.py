"""From points to what a board shows of an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchsuite.leaderboard.scoring.columns import Columns, summed
from benchsuite.leaderboard.scoring.measured import Measured
from benchsuite.leaderboard.scoring.points import Points, why_missing
from benchsuite.leaderboard.scoring.scale import Scale
from benchsuite.leaderboard.standing import Against, Estimate, MetricScore, Place
from benchsuite.stats.bootstrap import Resamples, margins
from benchsuite.stats.paired import Interval, mean_interval
from benchsuite.stats.pareto import pareto_front
from benchsuite.stats.ranks import corrected, paired_p

Floats = NDArray[np.float64]

NOTHING = Estimate(value=None)


class Compared(NamedTuple):
    """What others and the anchors say of an entry; as in a `Place`."""

    rank: int | None
    best: int | None
    worst: int | None
    pareto: bool
    against_control: Against | None
    against_blind: Against | None


def place(
    number: int,
    measured: Measured,
    points: Points,
    columns: Columns,
    drawn: Resamples,
    compared: Compared,
) -> Place:
    """Return an entry's place.

    Intervals are those of the hierarchical bootstrap, with the board's scale taken as it is.
    """
    entry, scales = measured.entries[number], columns.scales
    sums = np.hstack([np.eye(len(scales)), columns.by_axis, columns.ranked[:, None]])
    by_seed, errors = points.by_seed[number], points.errors[number]
    found = _estimates(
        summed(points.mean[number], sums),
        margins(np.nan_to_num(by_seed), np.nan_to_num(errors), sums, drawn),
    )
    aggregates = summed(by_seed, columns.ranked)
    graders = measured.graders[number]
    whole = not np.isnan(aggregates).any()
    return Place(
        entry=entry.name,
        score=found[-1],
        axes=dict(zip(columns.axes, found[len(scales) : -1], strict=True)),
        metrics=[_metric(scale, m, number, measured, found[m]) for m, scale in enumerate(scales)],
        cost=_mean(measured.costs[number].mean(axis=1)),
        by_seed=dict(zip(measured.layout.seeds, aggregates.tolist(), strict=True)) if whole else {},
        missing=list(_missing(number, measured, points, scales)),
        grader=graders[0] if len(graders) == 1 else None,
        **compared._asdict(),
    )


def against(differences: Floats, level: float) -> list[Against | None]:
    """Test differences [entries, seeds] to an anchor; None where one is missing."""
    whole = np.all(np.isfinite(differences), axis=1)
    p = paired_p(differences[whole])
    adjusted = iter(zip(differences[whole], p.tolist(), corrected(p).tolist(), strict=True))
    found: list[Against | None] = []
    for known in whole.tolist():
        if not known:
            found.append(None)
            continue
        of_seeds, raw, after = next(adjusted)
        direction = "better" if of_seeds.mean() > 0 else "worse"
        found.append(
            Against(
                difference=_mean(of_seeds),
                p=raw,
                corrected=after,
                verdict=direction if after <= level else "unclear",
            )
        )
    return found


def front_of(
    points: Points, measured: Measured, columns: Columns, axes: Sequence[str]
) -> NDArray[np.bool_]:
    """Say which entries no other beats on every one of the axes and in cost, by point values."""
    chosen = [columns.axes.index(axis) for axis in axes]
    scores = summed(points.mean, columns.by_axis)[:, chosen]
    respects = np.column_stack([scores, -measured.costs.mean(axis=(1, 2))])
    whole = np.isfinite(respects).all(axis=1) & bool(chosen)
    front = np.zeros(len(respects), bool)
    front[whole] = pareto_front(respects[whole])
    return front


def _estimates(means: Floats, margins: Floats) -> list[Estimate]:
    """Put means and half widths of intervals together; NaN is what there is not."""
    found = []
    for mean, margin in zip(means.tolist(), margins.tolist(), strict=True):
        ends = mean - margin, mean + margin
        value, lower, upper = (None if isnan(each) else each for each in (mean, *ends))
        found.append(Estimate(value=value, lower=lower, upper=upper))
    return found


def _metric(scale: Scale, m: int, number: int, measured: Measured, score: Estimate) -> MetricScore:
    own, control = (grid.values[number, :, -1, m] for grid in (measured.own, measured.control))
    metric, slice_ = scale.key
    return MetricScore(
        metric=metric,
        slice=slice_,
        axis=scale.entry.axis,
        unit=scale.entry.unit,
        score=score,
        value=_mean(own),
        difference=_mean(own - control),
    )


def _mean(values: Floats) -> Estimate:
    """Return the mean over seeds; None where a seed has no value."""
    if np.isnan(values).any():
        return NOTHING
    found: Interval = mean_interval(values.tolist())
    return Estimate(value=found.mean, lower=found.lower, upper=found.upper)


def _missing(
    number: int, measured: Measured, points: Points, scales: Sequence[Scale]
) -> Iterator[str]:
    names = (measured.entries[number].document.regime, measured.anchors[0])
    if len(graders := measured.graders[number]) > 1:
        yield f"a single grader; it has {', '.join(graders)}"
    for m, scale in enumerate(scales):
        if scale.span is not None and np.isnan(points.mean[number, m]):
            grids = [side.at((number, ..., m)) for side in (measured.own, measured.control)]
            sides = dict(
                zip(names, grids, strict=True) if scale.zero is None else [(names[0], grids[0])]
            )
            yield f"{', '.join(scale.key)}: {why_missing(sides, measured.layout)}"
