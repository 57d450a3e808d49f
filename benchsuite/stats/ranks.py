"""Ranks from paired tests between all pairs, corrected for how many there are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr
from scipy.stats import false_discovery_control

Floats = NDArray[np.float64]

_ROUNDING = 1e-9
"""Mean differences below this are rounding errors of equal values, on a scale of 100."""


class Ranks(NamedTuple):
    """Ranks [entries] from 1; `threshold` is the largest significant p, None where none is."""

    best: NDArray[np.int64]
    worst: NDArray[np.int64]
    threshold: float | None


def paired_p(differences: Floats) -> Floats:
    """Return the two-sided p [pairs] of paired t-tests on differences [pairs, seeds].

    Student 1908. 1 for a single seed, from which nothing can be told, and where nothing differs;
    0 where all seeds differ by the very same.
    """
    seeds = differences.shape[1]
    mean = differences.mean(axis=1)
    if seeds < 2:  # noqa: PLR2004 (a spread takes two)
        return np.ones(len(differences))
    error = differences.std(axis=1, ddof=1) / np.sqrt(seeds)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(seeds - 1, -np.abs(mean / error))
    return np.where(np.abs(mean) < _ROUNDING, 1.0, p)


def corrected(p: Floats) -> Floats:
    """Return p-values adjusted to control the false discovery rate (Benjamini & Hochberg 1995).

    Used for comparisons of all pairs since Williams, Jones & Tukey 1999, J. Educ. Behav. Stat.
    24:42, who ranked states so.
    """
    return np.asarray(false_discovery_control(p)) if p.size else p


def rank(values: Floats, level: float = 0.05) -> Ranks:
    """Rank entries by their values [entries, seeds], higher is better, paired by seed.

    `best` is 1 + how many are significantly better, so that ties share it; `worst` is the number
    of entries less how many are significantly worse.
    """
    count = len(values)
    first, second = np.triu_indices(count, 1)
    differences = values[first] - values[second]
    p = paired_p(differences)
    significant = corrected(p) <= level
    ahead = differences.mean(axis=1) > 0
    winner, loser = np.where(ahead, (first, second), (second, first))[:, significant]
    better = np.bincount(loser, minlength=count)
    worse = np.bincount(winner, minlength=count)
    threshold = float(p[significant].max()) if significant.any() else None
    return Ranks(1 + better, count - worse, threshold)
