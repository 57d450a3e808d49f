"""Who wrote the rows that a model was trained on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from benchsuite.api import Context, Expected, Measurement, Metric, Parameters, Subject
from benchsuite_theory import setting
from benchsuite_theory.agreement import held
from benchsuite_theory.mixes import Mix, mixes
from benchsuite_theory.replicates import generations


class Mixture(Metric[Parameters]):
    """Rows of the training mix, by who wrote them: `rows` in all, `human`, `last`, `earlier`.

    `last` was written by the generation before, `earlier` by those before that. Each must be what
    the regime says, to the row; where rows are drawn from a pool, the numbers are multivariate
    hypergeometric. `n` counts rows.
    """

    axis = "homogeneity"
    unit = "rows"
    best = "zero"
    needs: ClassVar = frozenset({"training", "place"})

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Count rows, and compare with the regime."""
        place = setting.place_of(subject)
        writers, last = generations(subject.training), place.generation - 1
        human = writers < 0
        counts = {
            "human": human,
            "last": (writers == last) & ~human,
            "earlier": (writers < last) & ~human,
        }
        found = mixes(place)
        total = len(writers)
        formula = "the regime's budget [to the row]"
        if found is None:
            yield Measurement(float(total), total, "rows")
        else:
            yield held(total, "rows", float(found[-1].rows), formula, 0.0)
        for name, chosen in counts.items():
            yield _count(name, chosen, found and found[-1], last)


def _count(name: str, chosen: np.ndarray, mix: Mix | None, last: int) -> Measurement:
    """Compare the number of rows of one origin."""
    count = int(chosen.sum())
    if mix is None:
        return Measurement(float(count), len(chosen), name)
    exact = variance = 0.0
    for part in mix.parts:
        mine = np.array([_origin(pool.writer, last) == name for pool in part.pools], float)
        exact += float(mine @ part.expected)
        variance += float(mine @ part.covariance @ mine)
    if variance <= 0:
        return held(count, name, round(exact), "the regime's share [to the row]", 0.0)
    formula = "n · share of the pool [hypergeometric]"
    expected = Expected(exact, formula, float(np.sqrt(variance)))
    return Measurement(float(count), len(chosen), name, expected=expected)


def _origin(writer: object, last: int) -> str:
    if isinstance(writer, str):
        return "human"
    return "last" if writer == last else "earlier"
