"""Estimates with 95 % intervals, from what each document scored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, isfinite, log, sqrt
from typing import Any

import numpy as np
from lm_eval.api import metrics
from scipy import stats

_LEVEL = 0.95
_RESAMPLES = 1000


def _perplexity(mean: float) -> tuple[float, float]:
    return exp(-mean), -exp(-mean)


_OF_A_MEAN: dict[Callable[[Any], Any], Callable[[float], tuple[float, float]]] = {
    metrics.mean: lambda mean: (mean, 1.0),
    metrics.perplexity: _perplexity,
    metrics.weighted_perplexity: _perplexity,
    metrics.bits_per_byte: lambda mean: (-mean / log(2), -1 / log(2)),
}
"""Aggregations that are a function of a (weighted) mean: the function, and its derivative."""
_WEIGHTED = (metrics.weighted_perplexity, metrics.bits_per_byte)


@dataclass(frozen=True)
class Estimate:
    """A value, the number of documents it comes from, and the bounds of its interval.

    `away` tells how far each document, by its hash, moves the value: to first order, and summing
    to 0. It is empty for aggregations that are not of a mean.
    """

    value: float | None
    n: int
    lower: float | None = None
    upper: float | None = None
    away: Mapping[str, float] = field(default_factory=dict)

    @property
    def items(self) -> dict[str, float]:
        """Numbers by document whose mean is the value."""
        if self.value is None:
            return {}
        return {name: self.value + len(self.away) * moved for name, moved in self.away.items()}


def estimate(
    items: Sequence[Any], documents: Sequence[str], aggregate: Callable[[Any], Any], seed: int
) -> Estimate:
    """Return `aggregate` of the items of `documents` (hashes) with an interval over documents.

    A value that is not a finite number is missing; so is an interval of fewer than two documents.
    """
    value = aggregate(items)
    if not isinstance(value, int | float | np.number) or not isfinite(value):
        return Estimate(None, len(items))
    value = float(value)
    if aggregate in _OF_A_MEAN:
        (lower, upper), away = _of_a_mean(items, documents, aggregate)
    elif len(items) > 1:
        (lower, upper), away = _resampled(items, aggregate, seed), {}
    else:
        return Estimate(value, len(items))
    if not (isfinite(lower) and isfinite(upper)):
        return Estimate(value, len(items), away=away)
    return Estimate(value, len(items), lower, upper, away)


def _of_a_mean(
    items: Sequence[Any], documents: Sequence[str], aggregate: Callable[[Any], Any]
) -> tuple[tuple[float, float], dict[str, float]]:
    """Return bounds of a function of Σx / Σw, and how far each document moves it.

    Wilson's bounds for means of zeros and ones; else Student's t with the linearised ratio
    (Cochran, Sampling Techniques, 3rd ed. (1977), §6.4), which for equal weights is the mean, put
    through the function.
    """
    x, w = np.array(items, np.float64).T if aggregate in _WEIGHTED else (np.array(items), 1.0)
    x, w = np.asarray(x, np.float64), np.broadcast_to(np.asarray(w, np.float64), len(items))
    mean = float(x.sum() / w.sum())
    moved = (x - mean * w) / w.sum()
    through = _OF_A_MEAN[aggregate]
    away: dict[str, float] = defaultdict(float)
    for name, each in zip(documents, through(mean)[1] * moved, strict=True):
        away[name] += float(each)
    if aggregate is metrics.mean and np.isin(x, (0, 1)).all() and len(x) > 1:
        found = stats.binomtest(int(x.sum()), len(x)).proportion_ci(_LEVEL, method="wilson")
        return (float(found.low), float(found.high)), away
    margin = _margin(moved)
    ends = sorted(through(mean + sign * margin)[0] for sign in (-1, 1))
    return (ends[0], ends[1]), away


def _margin(moved: np.ndarray) -> float:
    """Half the width of Student's interval of a sum of independent terms; NaN of fewer than two."""
    n = len(moved)
    if n < 2:  # noqa: PLR2004
        return float("nan")
    return float(stats.t.ppf((1 + _LEVEL) / 2, n - 1)) * sqrt(n / (n - 1) * float(moved @ moved))


def _resampled(
    items: Sequence[Any], aggregate: Callable[[Any], Any], seed: int
) -> tuple[float, float]:
    """Percentiles of resamples of documents (Efron, Annals of Statistics 7 (1979) 1)."""
    draws = np.random.default_rng(seed).integers(len(items), size=(_RESAMPLES, len(items)))
    values = [float(aggregate([items[i] for i in draw])) for draw in draws]
    lower, upper = np.quantile(values, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(lower), float(upper)


def combined(parts: Sequence[Estimate], weights: Sequence[float]) -> Estimate:
    """Return Σ weight · estimate; missing if one is.

    Of independent estimates, lower = v - √Σ(w·(vᵢ - lowerᵢ))², upper likewise: Zou & Donner,
    Statistics in Medicine 27 (2008) 1693. Where estimates share documents, Student's t over
    documents, of which each takes along all that it adds.
    """
    n = sum(part.n for part in parts)
    values = [part.value for part in parts if part.value is not None]
    if len(values) < len(parts):
        return Estimate(None, n)
    value, away = float(np.dot(weights, values)), _moved_together(parts, weights)
    if away and len(away) < sum(len(part.away) for part in parts):
        margin = _margin(np.array(list(away.values())))
        if isfinite(margin):
            return Estimate(value, n, value - margin, value + margin, away)
        return Estimate(value, n, away=away)
    down = [v - p.lower for p, v in zip(parts, values, strict=True) if p.lower is not None]
    up = [p.upper - v for p, v in zip(parts, values, strict=True) if p.upper is not None]
    if len(down) < len(parts) or len(up) < len(parts):
        return Estimate(value, n, away=away)
    w = np.asarray(weights)
    lower, upper = (float(np.hypot.reduce(w * side)) for side in (down, up))
    return Estimate(value, n, value - lower, value + upper, away)


def _moved_together(parts: Sequence[Estimate], weights: Sequence[float]) -> dict[str, float]:
    """Return how far each document moves the whole; nothing where a part does not tell."""
    away: dict[str, float] = defaultdict(float)
    for part, weight in zip(parts, weights, strict=True):
        if not part.away:
            return {}
        for name, moved in part.away.items():
            away[name] += weight * moved
    return away
