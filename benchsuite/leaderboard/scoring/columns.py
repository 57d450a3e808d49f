"""What is averaged over what: measurements in axes, axes in the aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchsuite.leaderboard.scoring.scale import NOT_SCORED, Scale

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """The measurements of a board, and how they are summed up.

    An axis is the mean over its measurements. The ordinary aggregate is the mean over the axes
    with a scale of the control, each of equal weight however many measurements it has; where
    graders are scored, these are what is ranked.
    """

    scales: Sequence[Scale]

    @cached_property
    def axes(self) -> list[str]:
        """Axes with a measurement that is scored, in order of the board."""
        return list(dict.fromkeys(each.entry.axis for each in self.scales if each.span))

    @cached_property
    def by_axis(self) -> Floats:
        """Weights [measurements, axes] of each axis."""
        inside = [
            [s.span is not None and s.entry.axis == a for a in self.axes] for s in self.scales
        ]
        weights = np.array(inside, float).reshape(len(self.scales), len(self.axes))
        return np.asarray(weights / weights.sum(axis=0))

    @cached_property
    def ordinary(self) -> Floats:
        """Weights [measurements] of the aggregate between blind self-training and control."""
        return self._mean_over([axis for axis in self.axes if axis not in NOT_SCORED])

    @cached_property
    def ranked(self) -> Floats:
        """Weights [measurements] of what is ranked."""
        graded = [axis for axis in self.axes if axis == "grading"]
        return self._mean_over(graded) if graded else self.ordinary

    def _mean_over(self, axes: Sequence[str]) -> Floats:
        chosen = np.array([axis in axes for axis in self.axes], float)
        return np.asarray(self.by_axis @ (chosen / max(chosen.sum(), 1)))


def summed(values: Floats, weights: Floats) -> Floats:
    """Return weighted sums over the last dimension; NaN where one that counts is missing.

    `weights` is [measurements] or [measurements, sums]. A sum of nothing is NaN, too.
    """
    sums = np.nan_to_num(values) @ weights
    lacking = np.isnan(values).astype(float) @ (weights > 0)
    return np.where((lacking > 0) | ~(weights > 0).any(axis=0), np.nan, sums)
