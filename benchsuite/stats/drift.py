"""Neutral drift: how far a share moves by chance alone when models learn from samples."""

from __future__ import annotations


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
    drifted = 1 - (1 - 1 / passed_on) ** generations
    return share * (1 - share) * (drifted + 1 / first + 1 / last)
