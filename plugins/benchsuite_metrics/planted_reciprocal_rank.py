"""How near a model comes to planted facts, by how often it was told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchsuite.api import Context, Measurement, Metric, Parameters, Subject
from benchsuite_metrics import planted_ranks
from benchsuite_metrics.intervals import Estimate, mean
from benchsuite_metrics.planted import UNSEEN


class PlantedReciprocalRank(Metric[Parameters]):
    """Mean reciprocal rank of planted facts' objects among all objects of the relation.

    Mean of 1 / rank (Voorhees, TREC-8, 1999), where ranks are those of `planted-recall`: by the
    likelihood of the whole sentence, ties sharing the middle rank. Slices as there: `all`,
    `1-3 times`, `4-15 times`, `16 times or more` and, beside them, `unseen`, what guessing makes:
    Σ (1/r) / objects, over all ranks r. Unit: reciprocal rank. n: facts.
    Interval: Student's t over facts, cut to what is possible.

    It sees what recall does not: a fact that is half forgotten, or half learned. It speaks at
    every scale where a corpus states such facts; no value on other corpora.
    """

    axis = "factuality"
    unit = "reciprocal rank"
    best = "higher"
    needs = frozenset({"model", "drawn"})
    context_slices = frozenset({UNSEEN})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Rank all objects of all facts."""
        return planted_ranks.measured(subject, context, _mean)


def _mean(ranks: np.ndarray) -> Estimate:
    found = mean(1 / ranks)
    if found.lower is None or found.upper is None:
        return found
    return replace(found, lower=max(0.0, found.lower), upper=min(1.0, found.upper))
