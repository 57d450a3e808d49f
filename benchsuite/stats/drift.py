"""Neutral drift: how far a share moves by chance alone when models learn from samples."""

from __future__ import annotations

from math import sqrt


def drift_error(share: float, passed_on: float, generations: int) -> float:
    """Return the standard error of a share after so many generations of neutral drift.

    √(p (1 - p) (1 - (1 - 1/N)^t)): each generation is N draws from the one before (Wright 1931,
    Genetics 16:97). Raises `ValueError` for what is no share and for fewer than one draw.
    """
    if not 0 <= share <= 1 or passed_on < 1:
        raise ValueError(f"a share of {share} and {passed_on} draws do not drift")
    return sqrt(share * (1 - share) * (1 - (1 - 1 / passed_on) ** generations))


def drift_variance(
    share: float, passed_on: float, generations: int, counted: tuple[float, float]
) -> float:
    """Return the variance of the change in a measured share that neutral drift explains.

    p (1 - p) [1 - (1 - 1/N)^t + 1/n₀ + 1/n_t]: the first part is that of the share itself after
    t generations that are each N draws from the one before (Wright 1931, Genetics 16:97), the
    others are those of measuring it at both ends by `counted` draws. Draws are taken for
    independent; where they come in clumps, chance moves a share farther than this.
    """
    first, last = counted
    drifted = drift_error(share, passed_on, generations) ** 2
    return drifted + share * (1 - share) * (1 / first + 1 / last)
