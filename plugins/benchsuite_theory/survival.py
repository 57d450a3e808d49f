"""Which rare types are still alive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from benchsuite.api import Context, Measurement, Metric, Parameters, Place, Subject
from benchsuite_theory import setting
from benchsuite_theory.agreement import measured
from benchsuite_theory.chain import DRIFT, chain
from benchsuite_theory.mixes import Mix, mixes


class Survival(Metric[Parameters]):
    """Share of the rarer half of the types that the fit still gives a probability above 0.

    Where generations learn from the last one's rows alone, a type's count is a Markov chain, and
    the share follows exactly; for many rows it tends to the branching process 1 - exp(-np(1 - q)),
    q' = exp(q - 1). Where rows pile up, no type that was seen is lost. Mean over replicates,
    which `n` counts.
    """

    axis = "creativity"
    unit = "share"
    best = "higher"
    needs: ClassVar = frozenset({"model", "place"})

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Count the rare types of each replicate."""
        place = setting.place_of(subject)
        probabilities = setting.probabilities(place)
        rare = np.arange(len(probabilities)) >= len(probabilities) // 2
        alive = (setting.types_of(subject).counts[:, rare] > 0).mean(1)
        exact, formula = _expected(place, probabilities[rare])
        yield measured(alive, "all", exact, formula)


def _expected(place: Place, rare: np.ndarray) -> tuple[float | None, str]:
    found = mixes(place)
    if found is None or place.regime["graders"] or setting.temperature(place) != 1:
        return None, ""
    if all(map(_keeps_all, found)):
        formula = "mean of 1 - (1-p)^n: none is lost [docs/theory.md]"
        return float((1 - (1 - rare) ** found[0].rows).mean()), formula
    chains = [chain(found, p, DRIFT) for p in rare]
    alive = [1 - each.distribution[0] for each in chains if each is not None]
    formula = "Markov chain of counts [Fisher 1930; Wright 1931]"
    return (float(np.mean(alive)) if len(alive) == len(rare) else None), formula


def _keeps_all(mix: Mix) -> bool:
    """Whether a mix holds all rows of generation 0, and so every type that was ever seen."""
    (first, *others) = mix.parts
    people = [pool for pool in first.pools if pool.writer in ("first", "fixed")]
    return not others and first.whole and bool(people) and people[0].unique == people[0].size
