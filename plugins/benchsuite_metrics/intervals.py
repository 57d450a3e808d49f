"""Estimates with 95 % intervals within one model.

Rows are the units that vary independently; words and tokens of one row vary together. An
interval that two rows at least would be needed for is None where there are fewer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import hypot, inf, isfinite, nan, sqrt

import numpy as np
from scipy.special import ndtri, stdtrit

from benchsuite.api import Drift, Measurement
from benchsuite_metrics.counting import ranked, tally

_UPPER_TAIL = 0.975


@dataclass(frozen=True)
class Estimate:
    """A value, what it was computed from, and the bounds of its interval."""

    value: float | None
    n: int
    lower: float | None = None
    upper: float | None = None
    error: float | None = None
    """Its standard error, where it is known."""

    def named(self, slice_: str, drift: Drift | None = None) -> Measurement:
        """Return this estimate as the measurement of a slice; a value that is missing is still."""
        drift = None if self.value is None else drift
        return Measurement(self.value, self.n, slice_, self.lower, self.upper, drift=drift)

    def scaled(self, factor: float) -> Estimate:
        """Return this estimate in another unit, of which `factor` are one."""
        value, lower, upper = (
            None if bound is None else bound * factor
            for bound in (self.value, self.lower, self.upper)
        )
        return Estimate(value, self.n, lower, upper)


def around(value: float, n: int, margin: float | None, error: float | None = None) -> Estimate:
    """Return `value` ± `margin`; a value that is not a finite number is missing."""
    if not isfinite(value):
        return Estimate(None, n)
    if margin is None or not isfinite(margin):
        return Estimate(value, n)
    return Estimate(value, n, value - margin, value + margin, error)


def mean(values: np.ndarray, owed: np.ndarray | float = 0.0) -> Estimate:
    """Return the mean of the values of independent rows with Student's t interval.

    Where values are of rows compared with one another, `owed` is what those of the others would
    lose without a row. The interval is then the jackknife's: without row i the mean is (Σ values -
    valueᵢ - owedᵢ) / (n - 1), so that its variance is that of a mean of values + owed (Efron &
    Stein, Annals of Statistics 9 (1981) 586). Where a value is not finite, the mean is missing.
    """
    n = len(values)
    if n == 0 or not np.isfinite(values).all():
        return Estimate(None, n)
    margin = _student(n) * float(np.std(values + owed, ddof=1)) / sqrt(n) if n > 1 else None
    return around(float(np.mean(values)), n, margin)


def ratio(numerators: np.ndarray, denominators: np.ndarray, n: int) -> Estimate:
    """Return Σy / Σx over rows with the interval of the linearised ratio estimator.

    variance = m/(m-1) · Σ(yᵢ - (Σy/Σx)·xᵢ)² / (Σx)² over the m rows that have any x or y;
    Cochran, Sampling Techniques, 3rd ed. (1977), §6.4.
    """
    some = (denominators != 0) | (numerators != 0)
    y, x = numerators[some].astype(np.float64), denominators[some].astype(np.float64)
    size = float(np.sum(x))
    if size == 0:
        return Estimate(None, n)
    value = float(np.sum(y)) / size
    if not isfinite(value):
        return Estimate(None, n)
    return around(value, n, row_margin(y - value * x) / size, row_error(y - value * x) / size)


def share(successes: np.ndarray, trials: np.ndarray) -> Estimate:
    """Return Σ successes / Σ trials over rows with a Wilson interval that minds the rows.

    The interval is Wilson's at the effective number of trials, n / max(1, design effect);
    Korn & Graubard, Survey Methodology 24 (1998) 193-201. One trial a row: plain Wilson.
    """
    k, n = int(np.sum(successes)), int(np.sum(trials))
    if n == 0:
        return Estimate(None, 0)
    if np.count_nonzero(trials) == 1:
        return Estimate(k / n, n)
    return replace(wilson(k / n, n / design_effect(successes, trials)), n=n)


def design_effect(successes: np.ndarray, trials: np.ndarray) -> float:
    """Return how many trials, all of them in rows, tell as much as one that stands alone.

    The variance of Σ successes / Σ trials over rows by that of as many independent trials (Kish,
    Survey Sampling (1965), §8.2); 1 at least, and where rows do not tell.
    """
    k, n, rows = float(np.sum(successes)), float(np.sum(trials)), int(np.count_nonzero(trials))
    if not 0 < k < n or rows == 1:
        return 1.0
    p = k / n
    variance = (row_error((successes - p * trials)[trials > 0]) / n) ** 2
    return max(1.0, variance / (p * (1 - p) / (n - 1)))


def wilson(p: float, trials: float) -> Estimate:
    """Return the share `p` of `trials` with the score interval of Wilson, JASA 22 (1927) 209."""
    z = float(ndtri(_UPPER_TAIL))
    centre = (p * trials + z**2 / 2) / (trials + z**2)
    half = z / (trials + z**2) * sqrt(p * (1 - p) * trials + z**2 / 4)
    lower, upper = max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))
    return Estimate(p, int(trials), lower, upper)


def difference(first: Estimate, second: Estimate) -> Estimate:
    """Return `first` - `second` of two independent estimates.

    lower = d - √((a - a_lower)² + (b_upper - b)²), upper likewise: method 10 of Newcombe,
    Statistics in Medicine 17 (1998) 873-890, where both are shares with Wilson's interval.
    """
    if first.value is None or second.value is None:
        return Estimate(None, first.n)
    value = first.value - second.value
    if first.lower is None or first.upper is None or second.lower is None or second.upper is None:
        return Estimate(value, first.n)
    down = hypot(first.value - first.lower, second.upper - second.value)
    up = hypot(first.upper - first.value, second.value - second.lower)
    return Estimate(value, first.n, value - down, value + up)


def against_human(samples: Estimate, human: Estimate) -> list[Measurement]:
    """Return the signed gap of samples to human text, and both sides of it."""
    gap = difference(samples, human)
    return [gap.named("gap"), samples.named("samples"), human.named("human")]


def distinct(types: np.ndarray, rows: np.ndarray, sizes: np.ndarray, n: int) -> Estimate:
    """Return (number of different `types`) / `n`, a share, with a jackknife over rows.

    `rows` says where each type stands, `sizes[row]` how much a row adds to the sample. A row
    that is left out takes along the uᵢ types that no other row has, so with s = Σu / Σsize,
    variance = m/(m-1) · Σ(uᵢ - s·sizeᵢ)²; the jackknife's bias is upward (Efron & Stein,
    Annals of Statistics 9 (1981) 586). No interval where no type hangs on a single row.
    """
    if n == 0:
        return Estimate(None, 0)
    different, lost = unshared(types, rows, len(sizes))
    value, used = different / n, sizes > 0
    if not lost.any() or np.count_nonzero(used) == 1:
        return Estimate(value, n)
    margin = row_margin(beyond_size(lost, sizes)[used]) / n
    return Estimate(value, n, max(0.0, value - margin), min(1.0, value + margin))


def unshared(types: np.ndarray, rows: np.ndarray, size: int) -> tuple[int, np.ndarray]:
    """Return the number of different `types`, and how many of them each row alone has."""
    ranks, different = ranked(types)
    standing, _ = tally(ranks * size + rows)
    holders = np.bincount(standing // max(1, size), minlength=different)
    single = standing[np.repeat(holders == 1, holders)] % max(1, size)
    return different, np.bincount(single, minlength=size)


def beyond_size(lost: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return what each row takes along beyond what a row of its size would."""
    return lost - sizes * (int(np.sum(lost)) / int(np.sum(sizes)))


def jackknife(rows: np.ndarray, statistic: Callable[[np.ndarray], np.ndarray], n: int) -> Estimate:
    """Return `statistic(Σ rows)` with the interval of the jackknife over rows.

    `rows` is `[rows, columns]`; `statistic` maps sums `[..., columns]` to numbers `[...]`. With
    θᵢ the value without row i: variance = (m-1)/m · Σ(θᵢ - θ̄)²; Efron & Stein, Annals of
    Statistics 9 (1981) 586. No interval where a value without a row is no number.
    """
    if not len(rows):
        return Estimate(None, n)
    total = rows.sum(axis=0)
    with np.errstate(all="ignore"):
        value = float(statistic(total))
        left_out = statistic(total - rows)
    if len(rows) == 1 or not np.isfinite(left_out).all():
        return around(value, n, None)
    error = sqrt((len(rows) - 1) * float(np.var(left_out)))
    return around(value, n, _student(len(rows)) * error, error)


def shifted(estimate: Estimate, by: float) -> Estimate:
    """Return an estimate with a constant added."""
    moved = (
        None if number is None else number + by
        for number in (estimate.value, estimate.lower, estimate.upper)
    )
    value, lower, upper = moved
    return Estimate(value, estimate.n, lower, upper)


def bounded(estimate: Estimate, least: float, most: float = inf) -> Estimate:
    """Return an estimate whose interval is cut to the numbers that there are."""
    if estimate.lower is None or estimate.upper is None:
        return estimate
    return replace(estimate, lower=max(least, estimate.lower), upper=min(most, estimate.upper))


def row_margin(residuals: np.ndarray) -> float:
    """Return the half-width of the interval of a sum of independent rows; NaN of only one."""
    return _student(len(residuals)) * row_error(residuals)


def row_error(residuals: np.ndarray) -> float:
    """Return the standard error of the sum of independent rows; NaN of only one."""
    rows = len(residuals)
    return sqrt(rows / (rows - 1) * float(np.sum(residuals**2))) if rows > 1 else nan


def _student(n: int) -> float:
    return float(stdtrit(n - 1, _UPPER_TAIL))
