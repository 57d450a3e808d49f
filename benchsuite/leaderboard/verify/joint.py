"""How far two runs are apart in all that counts, taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.special import stdtrit

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.rows import Rows
from benchsuite.leaderboard.verify.spreads import Spread, pooled

CHANCE = 0.01
"""Probability that a check by chance finds something in an honest entry, whatever it compares."""


def bound(comparisons: int, freedom: int, seeds: int) -> float:
    """Return how far two means over `seeds` may be apart, in standard deviations between seeds.

    The same seeds on other hardware give other models, so both means are independent draws, and
    the variance of their difference is 2 / seeds. By Student's t on both sides, as the deviation
    is known to `freedom` only; all `comparisons` together exceed it with probability `CHANCE`
    (Bonferroni).
    """
    return sqrt(2 / seeds) * float(stdtrit(freedom, 1 - CHANCE / (2 * comparisons)))


@dataclass(frozen=True)
class Joint:
    """The mean over all that counts, each in its standard deviations between seeds.

    It finds a little of everything, which no measurement by itself shows. Measurements depend on
    each other; so how far seeds are apart in their mean is taken from the board's baselines too.
    """

    case: Case
    keys: Sequence[tuple[str, str]]
    spread: Spread

    def shift(self, rows: Rows, others: Rows, regime: str, seeds: Sequence[int]) -> float | None:
        """Return by how much the mean over seeds is better, in its own standard deviations.

        None where a value is missing.
        """
        own, other = (_together(self.case, r, regime, self.keys, seeds) for r in (rows, others))
        if own is None or other is None:
            return None
        difference = sum(a - b for a, b in zip(own, other, strict=True)) / len(seeds)
        return difference / self.spread.deviation


def joint(case: Case) -> Joint | None:
    """Return what stands for all that counts; None where the board's seeds do not tell."""
    keys = [
        scored
        for scored, spread in case.spreads.items()
        if spread.variance > 0
        and all(case.curve(case.frozen_rows, name, scored) for name in case.anchors)
    ]
    seeds = case.frozen.seeds
    means = [_together(case, case.frozen_rows, name, keys, seeds) for name in case.anchors]
    spread = pooled(means) if keys else None
    return Joint(case, keys, spread) if spread is not None and spread.variance > 0 else None


def _together(
    case: Case, rows: Rows, regime: str, keys: Sequence[tuple[str, str]], seeds: Sequence[int]
) -> list[float] | None:
    """Return the mean over measurements for each seed; None where a value is missing."""
    found = []
    for key in keys:
        curve = case.curve(rows, regime, key, seeds)
        if curve is None:
            return None
        found.append([value / case.spreads[key].deviation for value in curve])
    return [sum(values) / len(keys) for values in zip(*found, strict=True)]
