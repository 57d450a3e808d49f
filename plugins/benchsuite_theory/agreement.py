"""How well a mean over replicates agrees with what it should be."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri, stdtr

from benchsuite.api import Expected, Measurement

_SKEWED = 0.5
"""Skewness of a mean of replicates from which on its distribution is not near enough to normal."""
_LARGEST = 1e3


def measured(
    values: np.ndarray, slice_: str, exact: float | None, formula: str, *, by_chance: bool = False
) -> Measurement:
    """Return the mean over replicates, `values` `[replicates]`, and what it should be.

    `by_chance` says that the replicates share a draw that decides their mean, so that they do
    not tell its standard error.
    """
    mean = float(values.mean())
    expected = None
    if exact is not None:
        error, z = _error(values, exact)
        expected = Expected(float(exact), formula, None if by_chance else error, z)
    return Measurement(mean, len(values), slice_, expected=expected)


def held(value: float, slice_: str, exact: float, formula: str, tolerance: float) -> Measurement:
    """Return what must hold in every run, to rounding."""
    return Measurement(
        float(value), 1, slice_, expected=Expected(exact, formula, 0.0, None, tolerance)
    )


def _error(values: np.ndarray, exact: float) -> tuple[float | None, float | None]:
    """Return the standard error of the mean, and how far it is off in standard normal units.

    By Student's t, after a transformation that takes out the skewness of the mean (Hall 1992, On
    the removal of skewness by transformation, JRSS B 54, eq. 2.6): squares of errors are so
    skewed that t alone would cry wolf. None where they are too skewed for that.
    """
    count, deviation = len(values), float(values.std())
    off = float(values.mean()) - exact
    if deviation <= 1e-12 * max(abs(exact), abs(off)):
        return 0.5 / count, _of_constant(off, count)
    skewness = float(((values - values.mean()) ** 3).mean()) / deviation**3
    error = deviation / np.sqrt(count - 1)
    if abs(skewness) / np.sqrt(count) > _SKEWED:
        return None, None
    w = off / deviation
    t = np.sqrt(count) * (
        w + skewness * w**2 / 3 + skewness**2 * w**3 / 27 + skewness / (6 * count)
    )
    return float(error), normal(float(t), count - 1)


def _of_constant(off: float, count: int) -> float:
    """Return a z for replicates, of values in 0 to 1, that are all equal.

    Had one in so many been another, as the exact value says, they would all be equal with a
    probability of at most (1 - |off|)^count.
    """
    same = count * np.log1p(-min(abs(off), 1 - 1e-12))
    return float(np.sign(off) * -ndtri(max(np.exp(same) / 2, 1e-300)))


def of_distribution(below: float, at: float, above: float) -> float:
    """Return the standard normal value of one draw with a known distribution.

    By the probabilities of less, of just that and of more; half of `at` counts to either side
    (the mid-P value, Lancaster 1961).
    """
    low, high = below + at / 2, above + at / 2
    tail = max(float(min(low, high)), 1e-300)
    return float(np.copysign(ndtri(min(tail, 0.5)), high - low)) * -1.0


def normal(t: float, degrees: int) -> float:
    """Return the standard normal value with the same tail as Student's t."""
    tail = max(float(stdtr(degrees, -abs(t))), 1e-300)
    return float(np.clip(np.sign(t) * -ndtri(tail), -_LARGEST, _LARGEST))
