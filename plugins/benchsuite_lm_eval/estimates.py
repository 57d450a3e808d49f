"""Estimates with 95 % intervals, from what each document scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, isfinite, sqrt
from typing import Any

import numpy as np
from lm_eval.api import metrics
from scipy import stats

_LEVEL = 0.95
_RESAMPLES = 1000


@dataclass(frozen=True)
class Estimate:
    """A value, the number of documents it comes from, and the bounds of its interval."""

    value: float | None
    n: int
    lower: float | None = None
    upper: float | None = None


def estimate(items: Sequence[Any], aggregate: Callable[[Any], Any], seed: int) -> Estimate:
    """Return `aggregate` of the documents' items with an interval over documents.

    A value that is not a finite number is missing; so is an interval of fewer than two documents.
    """
    value = aggregate(items)
    if not isinstance(value, int | float | np.number) or not isfinite(value):
        return Estimate(None, len(items))
    if len(items) < 2:  # noqa: PLR2004 (an interval needs two)
        return Estimate(float(value), len(items))
    lower, upper = _bounds(items, aggregate, seed)
    if not (isfinite(lower) and isfinite(upper)):
        return Estimate(float(value), len(items))
    return Estimate(float(value), len(items), lower, upper)


def _bounds(
    items: Sequence[Any], aggregate: Callable[[Any], Any], seed: int
) -> tuple[float, float]:
    if aggregate is metrics.mean:
        return _mean(np.asarray(items, np.float64))
    if aggregate is metrics.perplexity:  # exp(-mean of log-likelihoods)
        lower, upper = _mean(np.asarray(items, np.float64))
        return exp(-upper), exp(-lower)
    return _resampled(items, aggregate, seed)


def _mean(values: np.ndarray) -> tuple[float, float]:
    """Wilson's interval for zeros and ones, Student's t for other numbers."""
    n = len(values)
    if np.isin(values, (0, 1)).all():
        found = stats.binomtest(int(values.sum()), n).proportion_ci(_LEVEL, method="wilson")
        return float(found.low), float(found.high)
    margin = float(stats.t.ppf((1 + _LEVEL) / 2, n - 1) * values.std(ddof=1)) / sqrt(n)
    return float(values.mean()) - margin, float(values.mean()) + margin


def _resampled(
    items: Sequence[Any], aggregate: Callable[[Any], Any], seed: int
) -> tuple[float, float]:
    """Percentiles of resamples of documents (Efron, Annals of Statistics 7 (1979) 1)."""
    draws = np.random.default_rng(seed).integers(len(items), size=(_RESAMPLES, len(items)))
    values = [float(aggregate([items[i] for i in draw])) for draw in draws]
    lower, upper = np.quantile(values, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(lower), float(upper)


def combined(parts: Sequence[Estimate], weights: Sequence[float]) -> Estimate:
    """Return Σ weight · estimate of independent estimates; missing if one is.

    lower = v - √Σ(w·(vᵢ - lowerᵢ))², upper likewise: Zou & Donner, Statistics in Medicine 27
    (2008) 1693.
    """
    n = sum(part.n for part in parts)
    values = [part.value for part in parts if part.value is not None]
    if len(values) < len(parts):
        return Estimate(None, n)
    value = float(np.dot(weights, values))
    down = [v - p.lower for p, v in zip(parts, values, strict=True) if p.lower is not None]
    up = [p.upper - v for p, v in zip(parts, values, strict=True) if p.upper is not None]
    if len(down) < len(parts) or len(up) < len(parts):
        return Estimate(value, n)
    w = np.asarray(weights)
    return Estimate(
        value, n, value - float(np.hypot.reduce(w * down)), value + float(np.hypot.reduce(w * up))
    )
