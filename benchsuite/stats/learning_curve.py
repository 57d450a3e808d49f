"""What a loss costs, by a learning curve."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log
from typing import Literal, NamedTuple

Bound = Literal["none", "at least", "at most"]


class Point(NamedTuple):
    """A model that was trained: its loss, and what it cost."""

    loss: float
    cost: float


class CostAt(NamedTuple):
    """A cost, or a bound of it."""

    cost: float
    bound: Bound


def cost_at(loss: float, curve: Sequence[Point]) -> CostAt | None:
    """Return what the models of a curve cost at a loss, by linear interpolation of log cost.

    It is exact where loss is a - b · log cost, and near that on a short piece of a power law
    (Kaplan et al. 2020, arXiv:2001.08361, §1.2). Nothing is extrapolated: a loss above the whole
    curve costs its cheapest model at most, a loss below it its dearest at least. None where the
    curve, by rising cost, passes the loss more than once. Raises `ValueError` for costs that are
    not positive, and for fewer than two models.
    """
    if len(curve) < 2 or any(point.cost <= 0 for point in curve):  # noqa: PLR2004
        raise ValueError("a learning curve is of two models or more, with costs above 0")
    rising = sorted(curve, key=lambda point: point.cost)
    if loss > max(point.loss for point in rising):
        return CostAt(rising[0].cost, "at most")
    if loss < min(point.loss for point in rising):
        return CostAt(rising[-1].cost, "at least")
    passed = {cost for pair in pairwise(rising) for cost in _between(loss, *pair)}
    return CostAt(passed.pop(), "none") if len(passed) == 1 else None


def _between(loss: float, a: Point, b: Point) -> set[float]:
    """Return the cost at which the line between two points has a loss: both ends where it is flat.

    At either end it is that point's cost to the last bit, so that neighbouring lines agree.
    """
    if loss in (a.loss, b.loss):
        return {point.cost for point in (a, b) if point.loss == loss}
    if not min(a.loss, b.loss) < loss < max(a.loss, b.loss):
        return set()
    part = (loss - a.loss) / (b.loss - a.loss)
    return {exp((1 - part) * log(a.cost) + part * log(b.cost))}
