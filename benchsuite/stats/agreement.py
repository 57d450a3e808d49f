"""Whether a measured value agrees with what it should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri, stdtr

_SMALLEST = 1e-300


class Distance(NamedTuple):
    """A standard error, and how far off a value is in standard normal units; None: unknown."""

    error: float | None
    z: float | None


def within_models(errors: Sequence[float], zs: Sequence[float], *, independent: bool) -> Distance:
    """Return the distance of a mean over seeds whose models each know their own.

    Where they err independently, by Stouffer's sum of z (Stouffer et al. 1949); else their mean
    is trusted no more than one of them.
    """
    gain = float(np.sqrt(len(zs))) if independent else 1.0
    error = float(np.sqrt(np.mean(np.square(errors)))) / gain
    return Distance(error, float(np.mean(zs)) * gain)


def over_seeds(values: Sequence[float], exact: float) -> Distance:
    """Return the distance of a mean over seeds from their spread, by Student's t (Student 1908).

    t is put in standard normal units by its tail. Unknown for fewer than two seeds, or equal ones.
    """
    given = np.asarray(values, float)
    if len(given) < 2 or not (spread := float(given.std(ddof=1))):  # noqa: PLR2004
        return Distance(None, None)
    error = spread / float(np.sqrt(len(given)))
    t = (float(given.mean()) - exact) / error
    tail = max(float(stdtr(len(given) - 1, -abs(t))), _SMALLEST)
    return Distance(error, float(np.copysign(ndtri(tail), t)))
