"""Means over seeds and paired differences, with Student's t intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

_UPPER_TAIL = 0.975


class Interval(NamedTuple):
    """A mean and the ends of its 95 % interval; the ends are None for fewer than two values."""

    mean: float
    lower: float | None
    upper: float | None


def mean_interval(values: Sequence[float]) -> Interval:
    """Return the mean of independent values with Student's t interval (Student 1908).

    mean ± t(n-1, 0.975) · s / √n. Raises `ValueError` without values.
    """
    if not len(values):
        raise ValueError("an interval needs at least one value")
    given = np.asarray(values, float)
    mean = float(given.mean())
    if len(given) < 2:  # noqa: PLR2004 (a spread takes two)
        return Interval(mean, None, None)
    margin = float(stdtrit(len(given) - 1, _UPPER_TAIL) * given.std(ddof=1) / np.sqrt(len(given)))
    return Interval(mean, mean - margin, mean + margin)


def paired_difference(treated: Sequence[float], control: Sequence[float]) -> Interval:
    """Return the mean of `treated[i] - control[i]` with its interval over pairs."""
    return mean_interval([a - b for a, b in zip(treated, control, strict=True)])


def t_quantiles(most: int, comparisons: int = 1) -> list[float]:
    """Return what to multiply standard errors by for 95 % intervals of 2 to `most` values.

    t(n-1, 1 - 0.025 / comparisons): with several comparisons all intervals hold together
    (Bonferroni; Dunn 1961, JASA 56:52).
    """
    tail = (1 - _UPPER_TAIL) / comparisons
    return [float(stdtrit(count - 1, 1 - tail)) for count in range(2, most + 1)]
