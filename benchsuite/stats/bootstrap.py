"""Standard errors over seeds, and over rows within them, by a hierarchical bootstrap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]


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


def standard_errors(
    values: Floats, row_errors: Floats, weights: Floats, drawn: Resamples
) -> Floats:
    """Return the standard errors [sums] of weighted sums of means over seeds.

    `values` [seeds, measurements] are paired by seed; `row_errors`, of the same shape, are their
    standard errors over rows, 0 where unknown; `weights` is [measurements, sums]. Seeds are
    drawn with replacement and, within each that was drawn, rows: not themselves, but as normal
    noise of that error. The spread of n drawn seeds is too small by √((n-1)/n), so that
    deviations are stretched by its inverse beforehand (Davison & Hinkley 1997, Bootstrap Methods
    and their Application, §2.6 and §3.8). Seeds that differ because their rows do are counted
    twice, which makes the error too large rather than too small (ibid.). NaN for a single seed.
    """
    seeds = len(values)
    if seeds < 2:  # noqa: PLR2004 (a spread takes two)
        return np.full(weights.shape[1], np.nan)
    stretched = (values - values.mean(axis=0)) * np.sqrt(seeds / (seeds - 1))
    rows = drawn.noise * np.sqrt(drawn.shares @ row_errors**2 / seeds)
    means = drawn.shares @ stretched + rows
    return np.asarray((means @ weights).std(axis=0, ddof=1))
