"""Values turned so that more is better."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray


def gain(values: ArrayLike, best: Literal["higher", "lower", "zero"]) -> NDArray[np.float64]:
    """Return values, of any shape, turned so that more is better.

    For signed gaps, of which `zero` is best, what counts is the distance from zero.
    """
    given = np.asarray(values, float)
    if best == "zero":
        return np.asarray(-np.abs(given))
    return -given if best == "lower" else given
