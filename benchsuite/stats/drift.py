"""Neutral drift: how far a figure moves by chance alone when models learn from samples.

Neutral is what favours nothing: each generation's text is so many draws from the one before. What
is told is the root mean square of the change, which is the standard error where drift has no
direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np


@dataclass(frozen=True)
class Resampled:
    """A smooth figure of shares, of which each generation is `draws` draws from the one before.

    With N draws, shares have after t generations F = 1 - (1 - 1/N)^t times the covariance of one
    draw (Wright 1931, Genetics 16:97). So by the delta method (Oehlert 1992, American
    Statistician 46:27) a figure has the variance `variance` · F, where `variance` is that of one
    draw: p (1 - p) of a share p, else n times the sampling variance of the figure in n draws.
    `bent` · F² is what the second order adds, the squared mean of the change with it: of a figure
    at its least, such as a divergence, that is nearly all. Both are in squares of its unit.

    Raises `ValueError` for fewer than one draw, and for what is no variance.
    """

    variance: float
    draws: float
    bent: float = 0.0

    def __post_init__(self) -> None:
        numbers = self.variance, self.draws, self.bent
        if not all(map(isfinite, numbers)) or self.draws < 1 or min(numbers) < 0:
            raise ValueError(f"{self.draws} draws of a variance of {self.variance} do not drift")

    def error(self, generations: int) -> float:
        """Return the root mean square change after so many generations."""
        moved = 1 - (1 - 1 / self.draws) ** generations
        return sqrt(self.variance * moved + self.bent * moved**2)


@dataclass(frozen=True)
class DyingOut:
    """The share of types that a sample holds, where rare types are lost one after the other.

    `uses` is how often the first generation's text holds each type, `read` the sample's size over
    that text's. Uses are Poisson given those of the generation before (Galton-Watson), so that a
    type with k uses is missing from the sample of generation t with the chance exp(-k g(t)),
    g(0) = `read`, g(t) = 1 - exp(-g(t - 1)) (Harris 1963, The Theory of Branching Processes,
    ch. I). The change has a mean, below 0, and a spread; types are independent of each other.

    Raises `ValueError` without types, and where nothing is read.
    """

    uses: tuple[int, ...]
    read: float

    def __post_init__(self) -> None:
        if not self.uses or min(self.uses) < 0 or not (isfinite(self.read) and self.read > 0):
            raise ValueError(f"{len(self.uses)} types read {self.read} times do not die out")

    def error(self, generations: int) -> float:
        """Return the root mean square change after so many generations."""
        uses, once, twice = np.array(self.uses), self.read, 2 * self.read
        for _ in range(generations):
            once, twice = float(-np.expm1(-once)), float(-np.expm1(-twice))
        lost = np.mean(np.exp(-uses * once) - np.exp(-uses * self.read))
        # The chance to be missing, given the uses that are left, has the mean square exp(-k g(t))
        # with g(0) = 2 read, which is `twice`, and the squared mean exp(-2 k g(t)) as above.
        spread = np.sum(np.exp(-uses * twice) * -np.expm1(-uses * (2 * once - twice)))
        return float(np.sqrt(lost**2 + spread / len(uses) ** 2))


Drift = Resampled | DyingOut
"""How a figure drifts."""


def share_drift(share: float, draws: float) -> Resampled:
    """Return how a share drifts: √(p (1 - p) (1 - (1 - 1/N)^t)). Raises `ValueError`."""
    return Resampled(share * (1 - share), draws)


def drift_variance(
    share: float, passed_on: float, generations: int, counted: tuple[float, float]
) -> float:
    """Return the variance of the change in a measured share that neutral drift explains.

    p (1 - p) [1 - (1 - 1/N)^t + 1/n₀ + 1/n_t]: the first part is that of the share itself after
    t generations that are each N draws from the one before, the others are those of measuring it
    at both ends by `counted` draws. Draws are taken for independent; where they come in clumps,
    chance moves a share farther than this.
    """
    first, last = counted
    drifted = share_drift(share, passed_on).error(generations) ** 2
    return drifted + share * (1 - share) * (1 / first + 1 / last)
