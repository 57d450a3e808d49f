"""Who wrote the rows that a model was trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from scipy.stats import hypergeom

from benchsuite.api import Context, Expected, Measurement, Metric, Parameters, Subject
from benchsuite_theory import setting
from benchsuite_theory.agreement import held, of_distribution
from benchsuite_theory.mixes import Mix, Part, mixes
from benchsuite_theory.replicates import generations


class Mixture(Metric[Parameters]):
    """Rows of the training mix that are not whose the regime says: |there - due| over writers.

    Writers are people and the model of each generation. 0, to the row. Where rows are drawn from a
    pool of several writers, chance decides, and only their number in all is due. `human`: rows by
    people; drawn from a pool, their number is hypergeometric. `n` counts rows.
    """

    axis = "homogeneity"
    unit = "rows"
    best = "zero"
    needs: ClassVar = frozenset({"training", "place"})
    context_slices: ClassVar = frozenset({"human"})

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Count rows, and compare with the regime."""
        place = setting.place_of(subject)
        writers, found = generations(subject.training), mixes(place)
        people = int((writers < 0).sum())
        if found is None:
            yield Measurement(None, len(writers))
            yield Measurement(float(people), len(writers), "human")
            return
        mix = found[-1]
        formula = "the regime's shares of the budget [to the row]"
        yield held(_misplaced(writers, mix), "all", 0.0, formula, 0.0)
        yield _human(people, mix, len(writers))


def _misplaced(writers: np.ndarray, mix: Mix) -> float:
    """Return how many rows there are too many or too few, writer by writer."""
    if mix.by_chance:
        return float(abs(len(writers) - mix.rows))
    there, due = Counter(writers.tolist()), Counter[int]()
    for part in mix.parts:
        for pool, count in zip(part.pools, part.expected, strict=True):
            due[-1 if isinstance(pool.writer, str) else pool.writer] += round(count)
    return float(sum(abs(there[writer] - due[writer]) for writer in there | due))


def _human(people: int, mix: Mix, rows: int) -> Measurement:
    """Compare the number of rows by people."""
    certain = sum(_by_people(part) for part in mix.parts if not part.by_chance)
    uncertain = [part for part in mix.parts if part.by_chance]
    if not uncertain:
        return held(people, "human", float(certain), "the regime's share [to the row]", 0.0)
    (part,) = uncertain  # a pool of everything, or the one part that draws from all generations
    law = hypergeom(sum(pool.size for pool in part.pools), _by_people(part), part.drawn)
    drawn = people - certain
    z = of_distribution(law.cdf(drawn - 1), law.pmf(drawn), law.sf(drawn))
    formula, exact = "n · share of the pool [hypergeometric]", float(certain + law.mean())
    expected = Expected(exact, formula, float(law.std()), z)
    return Measurement(float(people), rows, "human", expected=expected)


def _by_people(part: Part) -> int:
    """Return how many rows by people a part may draw from, or holds if it takes all."""
    pools = [pool for pool in part.pools if pool.human]
    return sum(part.drawn if len(part.pools) == 1 else pool.size for pool in pools)
