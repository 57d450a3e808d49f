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
from benchsuite_theory.mixes import Mix, Pool, Writer, mixes
from benchsuite_theory.replicates import generations


class Mixture(Metric[Parameters]):
    """Rows of the training mix that are not whose the regime says: |there - due| over writers.

    Writers are people and the model of each generation. 0, to the row. Where rows are drawn from a
    pool of several writers, chance decides, and only their number in all is due. `human`: rows by
    people, and `last`: by the generation before; drawn from a pool, each number is
    hypergeometric. `n` counts rows.
    """

    axis = "homogeneity"
    unit = "rows"
    best = "zero"
    needs: ClassVar = frozenset({"training", "place"})
    context_slices: ClassVar = frozenset({"human", "last"})

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Count rows, and compare with the regime."""
        place = setting.place_of(subject)
        writers, found = generations(subject.training), mixes(place)
        slices: dict[str, Writer] = {"human": -1, "last": max(place.generation - 1, 0)}
        counts = {name: int((writers == writer).sum()) for name, writer in slices.items()}
        if found is None:
            yield Measurement(None, len(writers))
        else:
            formula = "the regime's shares of the budget [to the row]"
            yield held(_misplaced(writers, found[-1]), "all", 0.0, formula, 0.0)
        for name, count in counts.items():
            expected = _by_chance(count, slices[name], found[-1]) if found else None
            yield Measurement(float(count), len(writers), name, expected=expected)


def _writer(pool: Pool) -> Writer:
    return -1 if pool.human else pool.writer


def _misplaced(writers: np.ndarray, mix: Mix) -> float:
    """Return how many rows there are too many or too few, writer by writer."""
    if mix.by_chance:
        return float(abs(len(writers) - mix.rows))
    there, due = Counter[Writer](writers.tolist()), Counter[Writer]()
    for part in mix.parts:
        for pool, count in zip(part.pools, part.expected, strict=True):
            due[_writer(pool)] += round(count)
    return float(sum(abs(there[writer] - due[writer]) for writer in there | due))


def _by_chance(count: int, writer: Writer, mix: Mix) -> Expected | None:
    """Say how many rows of one writer chance should give; None where nothing is left to it."""
    uncertain = [part for part in mix.parts if part.by_chance]
    if not uncertain:
        return None
    (part,) = uncertain  # a pool of everything, or the one part that draws from all generations
    others = [pool for each in mix.parts if not each.by_chance for pool in each.pools]
    certain = sum(pool.size for pool in others if _writer(pool) == writer)
    mine = sum(pool.size for pool in part.pools if _writer(pool) == writer)
    if not mine:
        return None
    law, drawn = hypergeom(sum(pool.size for pool in part.pools), mine, part.drawn), count - certain
    z = of_distribution(law.cdf(drawn - 1), law.pmf(drawn), law.sf(drawn))
    formula, exact = "n · share of the pool [hypergeometric]", float(certain + law.mean())
    return Expected(exact, formula, float(law.std()), z, independent=True)
