"""Intervals over seeds, and over rows within them, by a hierarchical bootstrap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Floats = NDArray[np.float64]

_MANY = 1e3
"""A variance so many times another's leaves it without a say."""


class Resamples(NamedTuple):
    """What is drawn once for all that is estimated.

    `shares` [resamples, seeds]: the share of each seed among as many drawn with replacement;
    `noise` [resamples, measurements]: standard normal, for the rows within seeds.
    """

    shares: Floats
    noise: Floats


def draw(resamples: int, seeds: int, measurements: int, seed: int) -> Resamples:
    """Draw seeds with replacement, and noise for each measurement.

    From raw bits, since numpy keeps these the same in all its versions, but not what its
    `Generator` makes of them (NEP 19).
    """
    raw = np.random.PCG64(seed).random_raw(resamples * (seeds + measurements))
    uniform = ((raw >> np.uint64(12)) + 0.5) * 2.0**-52  # within (0, 1), never an end
    picks, rows = np.split(uniform.reshape(resamples, -1), [seeds], axis=1)
    drawn = (picks * seeds).astype(np.intp)
    return Resamples((drawn[..., None] == np.arange(seeds)).mean(axis=1), ndtri(rows))


def margins(values: Floats, row_errors: Floats, weights: Floats, drawn: Resamples) -> Floats:
    """Return half the width [sums] of 95 % intervals of weighted sums of means over seeds.

    `values` [seeds, measurements] are paired by seed; `row_errors`, of the same shape, are their
    standard errors over rows, 0 where unknown; `weights` is [measurements, sums]. NaN for a
    single seed, whose noise nobody knows.

    Seeds are drawn with replacement. The spread of n that are drawn is too small by √((n-1)/n),
    so that deviations are stretched beforehand. Within each seed rows are drawn, as normal noise
    of their error. What rows explain is a part of how seeds differ and must not count twice
    (Davison & Hinkley 1997, Bootstrap Methods and their Application, §3.8): deviations of seeds
    are shrunk by it, so that the sum of both spreads is the larger of the two. Percentiles of so
    few seeds are too narrow, also if expanded; the interval is that of Student's t with the
    bootstrap's standard error (Hesterberg 2015, arXiv:1411.5279), of n-1 degrees of freedom, and
    of more where rows say more than seeds (Satterthwaite 1946, Biometrics Bulletin 2:110).
    """
    seeds = len(values)
    if seeds < 2:  # noqa: PLR2004 (a spread takes two)
        return np.full(weights.shape[1], np.nan)
    stretched = (values - values.mean(axis=0)) * np.sqrt(seeds / (seeds - 1))
    noise = drawn.noise * np.sqrt(drawn.shares @ row_errors**2 / seeds)
    between = (drawn.shares @ stretched @ weights).var(axis=0, ddof=1)
    within = (noise @ weights).var(axis=0, ddof=1)
    both = np.maximum(between - within, 0) + within
    ratio = np.divide(both, between, out=np.full_like(both, _MANY), where=between > both / _MANY)
    freedom = (seeds - 1) * ratio**2
    return np.asarray(stdtrit(freedom, 0.975) * np.sqrt(both))
