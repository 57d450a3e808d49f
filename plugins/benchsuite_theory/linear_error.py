"""The error of a linear fit, and the recursion that it must obey."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
import pyarrow as pa

from benchsuite.api import Context, Measurement, Metric, Parameters, Place, Subject
from benchsuite_theory import setting
from benchsuite_theory.agreement import held, measured
from benchsuite_theory.linear import LinearModel, fitted, observations, truth
from benchsuite_theory.mixes import Mix, Part, Pool, mixes
from benchsuite_theory.moments import Fit, moments
from benchsuite_theory.replicates import generations

_MOMENTS = 8
"""Rows above d from which on the error's fourth moment is finite (that of an inverse chi-squared
variable with T - d + 1 degrees of freedom), and its mean over replicates near normal."""


class LinearError(Metric[Parameters]):
    """Mean over replicates of the squared error |w - w*|², that of a test on rows N(0, I).

    With S = t+1 where generations replace each other's labels, and S = Σ 1/i² where labels pile
    up: σ² d/(T-d-1) · S (Dohmatob et al. 2024, arXiv:2402.07712; Gerstgrasser et al. 2024,
    arXiv:2404.01413). `in-sample`: |X(w - w*)|²/(σ² d), in which the design drops out: S.
    `recursion`: where labels pile up, the largest part of w_t - (w_{t-1} + X⁺ε_t/(t+1)), which
    is 0 but for rounding. `n` counts replicates.
    """

    axis = "generalization"
    unit = "squared error"
    best = "lower"
    needs: ClassVar = frozenset({"model", "training", "place"})

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Compare the errors of all replicates with what they should be."""
        place = setting.place_of(subject)
        rows, d = int(place.corpus["rows"]), int(place.corpus["features"])
        variance = float(place.corpus["sigma"]) ** 2
        model = subject.model
        if not isinstance(model, LinearModel):
            raise TypeError("it measures linear fits")
        off = model.weights - truth(d)
        along = (model.design * off).sum(2)
        times, law = _times(place), _law(place)
        exact = (
            None if times is None or rows < d + _MOMENTS else variance * d / (rows - d - 1) * times
        )
        formula = f"σ²d/(T-d-1) · {law} [Dohmatob 2024; Gerstgrasser 2024]"
        yield measured((off**2).sum(1), "all", exact, formula)
        inside = (along**2).sum(0) / (variance * d)
        yield measured(inside, "in-sample", times, f"{law} [Gerstgrasser 2024]")
        if law.startswith("Σ"):
            formula = "w_t = w_(t-1) + X⁺ε_t/(t+1), to 1e-9 [Gerstgrasser 2024]"
            yield held(
                _off_recursion(model, subject.training, place.generation),
                "recursion",
                0.0,
                formula,
                1e-9,
            )


def _times(place: Place) -> float | None:
    """Return S: the error in units of generation 0's.

    A generation's labels of the whole design are one observation of the weights.
    """
    found, rows = mixes(place), int(place.corpus["rows"])
    same = place.learner["sigma"] == place.corpus["sigma"] and not place.regime["graders"]
    if found is None or not same or place.budget["amount"] != rows or any(map(_in_pieces, found)):
        return None
    heat = setting.temperature(place)
    if np.isnan(heat):
        return None
    whole = [Mix(tuple(map(_as_one, mix.parts)), 1) for mix in found]
    return moments(whole, Fit(1.0, "known", heat))[-1].error


def _in_pieces(mix: Mix) -> bool:
    """Whether a mix holds parts of a generation's labels, or some of them more than once."""
    pools = [pool for part in mix.parts for pool in part.pools]
    rows = mix.parts[0].pools[0].size
    return any(p.size != rows or p.unique != rows for p in pools) or not all(
        part.whole for part in mix.parts
    )


def _as_one(part: Part) -> Part:
    return Part(tuple(Pool(pool.writer, 1, 1) for pool in part.pools), len(part.pools))


def _law(place: Place) -> str:
    sources = {part["source"] for part in place.regime["mixture"]}
    if "synthetic-all" in sources:
        return "Σ 1/i², i ≤ t+1"
    return "(t+1)" if "synthetic-last" in sources else "1"


def _off_recursion(model: LinearModel, rows: pa.Table, generation: int) -> float:
    """Return how far the weights are from what the rows of all generations give in turn."""
    (x, y, number), writers = observations(rows), generations(rows)
    weights = np.zeros_like(model.weights)
    for step, writer in enumerate(range(-1, generation), start=1):
        those = np.flatnonzero(writers == writer)
        if len(those) <= x.shape[2]:  # rows of a generation are missing: all is off
            return float(np.abs(model.weights).max())
        those = those[np.argsort(number[those])]
        residual = y[those] - (x[those] * weights).sum(2)
        weights = weights + fitted(x[those], residual) / step
    return float(np.abs(weights - model.weights).max())
