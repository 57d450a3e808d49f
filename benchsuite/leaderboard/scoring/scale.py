"""What 0 and 100 mean for each measurement, by the board's frozen baselines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from benchsuite.leaderboard.board import Board, Scored
from benchsuite.leaderboard.scoring.grid import Grid, Key, Layout, grids
from benchsuite.leaderboard.standing import Counted, Estimate, LeftOut
from benchsuite.records.record import MetricEntry
from benchsuite.stats.gain import gain
from benchsuite.stats.paired import Interval, paired_difference

NOT_SCORED = frozenset({"cost", "grading"})
"""Axes on which being as good as the control means nothing."""


class Scale(NamedTuple):
    """How a measurement is scored: 100 points are a gain of `span`.

    Without `zero` the control of the same run scores 100; with it, a gain of `zero` scores 0.
    A measurement without `span` is shown and not scored.
    """

    key: Key
    entry: MetricEntry
    span: Interval | None
    zero: float | None = None

    @property
    def counted(self) -> Counted:
        """What a standing says of it. Raises `ValueError` where it is not scored."""
        if self.span is None:
            raise ValueError(f"{self.key} is not scored")
        span = Estimate(value=self.span.mean, lower=self.span.lower, upper=self.span.upper)
        metric, slice_ = self.key
        entry = self.entry
        return Counted(
            metric=metric,
            slice=slice_,
            axis=entry.axis,
            unit=entry.unit,
            best=entry.best,
            span=span,
        )


def layout_of(board: Board) -> Layout:
    """Return the seeds and generations of the board's baselines, which entries must have."""
    record = board.baselines.record
    return Layout(record.seeds, record.generations)


def scales(board: Board) -> Iterator[Scale | LeftOut]:
    """Yield the scale of each measurement between blind self-training and the control.

    Only where the baselines tell these two apart: the 95 % interval of their paired difference
    over seeds must exclude 0, the control being better.
    """
    document = board.document
    wanted = document.scoring.measurements
    keys = [(each.metric, each.slice) for each in wanted]
    found = grids(board.baselines, [document.control, document.blind], keys, layout_of(board))
    control, blind = found[document.control], found[document.blind]
    entries = {entry.name: entry for entry in board.baselines.record.metrics}
    for i, scored in enumerate(wanted):
        entry = entries.get(scored.metric)
        scale = _scale(scored, entry, control.at((..., i)), blind.at((..., i)))
        if isinstance(scale, str):
            axis = entry and entry.axis
            yield LeftOut(metric=scored.metric, slice=scored.slice, axis=axis, reason=scale)
        else:
            yield scale


def _scale(scored: Scored, entry: MetricEntry | None, control: Grid, blind: Grid) -> Scale | str:
    """Return the scale of a measurement, or why it has none."""
    if entry is None:
        return "The baselines do not measure it."
    if reason := _unfit(scored, entry, control, blind):
        return reason
    gains = [gain(grid.values, entry.best).mean(axis=1) for grid in (control, blind)]
    span = paired_difference(gains[0].tolist(), gains[1].tolist())
    if span.lower is None:
        return "The baselines have a single seed, whose noise nobody knows."
    if span.lower > 0:
        return Scale((scored.metric, scored.slice), entry, span)
    return (
        f"It does not tell the control from blind self-training: the control is better by "
        f"{span.mean:.3g} {entry.unit}, 95 % interval {span.lower:.3g} to {span.upper:.3g} over "
        f"{gains[0].size} seeds."
    )


def _unfit(scored: Scored, entry: MetricEntry, control: Grid, blind: Grid) -> str | None:
    """Say why no scale can be had of a measurement, whatever the baselines differ by."""
    if entry.axis in NOT_SCORED:
        return f"It is of the axis {entry.axis}, which has no scale of the control."
    if scored.slice in entry.context_slices:
        return "It is a slice that is shown beside others and never compared."
    if control.contaminated.any() or blind.contaminated.any():
        return "A model of the baselines was trained on too much of what it is evaluated on."
    if np.isnan([control.values, blind.values]).any():
        return "The baselines lack a value of a seed or generation."
    return None
