"""What nothing else beats in every respect."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pareto_front(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which points [points, respects] no other dominates; more is better in every respect.

    A point dominates another that it equals or exceeds in all respects, and exceeds in one.
    Equal points dominate each other not.
    """
    no_worse = np.all(points[None] >= points[:, None], axis=-1)
    better = np.any(points[None] > points[:, None], axis=-1)
    return np.asarray(~np.any(no_worse & better, axis=1))
