"""How many planted facts a model knows, by how often it was told."""

from __future__ import annotations

import numpy as np

from benchsuite.api import Context, Measurement, Metric, Parameters, Subject
from benchsuite_metrics import planted_ranks
from benchsuite_metrics.intervals import Estimate, share
from benchsuite_metrics.planted import UNSEEN


class PlantedRecall(Metric[Parameters]):
    """Share of planted facts whose object the model finds likelier than all others of its kind.

    A fact counts where log p(sentence with its object) > log p(the same sentence with any other
    object of the relation), natural log, over all tokens and the row's end; a tie does not count.
    The sentence is one that training rows have, and that names the subject first. Facts and
    objects come from the columns `subject`, `relation` and `object` of human training rows, as
    `corpora/planted` has them. Slices, by how many of the rows that generation 0 was trained on
    state the fact: `all` that were stated, `1-3 times`, `4-15 times`, `16 times or more`; beside
    them `unseen`, what guessing makes: about 1 / objects of a relation. Unit: share. n: facts.
    Interval: Wilson's (1927) over facts. Cloze by rank after Petroni et al., EMNLP 2019,
    arXiv:1909.01066; facts at Zipf frequencies as in Allen-Zhu & Li, arXiv:2404.05405, who count
    what models hold of invented biographies.

    It speaks wherever a corpus has such rows, at every scale; where `all` is no higher than
    `unseen`, the model learned none. No value on other corpora.
    """

    axis = "factuality"
    unit = "share"
    best = "higher"
    needs = frozenset({"model", "drawn"})
    context_slices = frozenset({UNSEEN})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Rank all objects of all facts."""
        return planted_ranks.measured(subject, context, _first)


def _first(ranks: np.ndarray) -> Estimate:
    return share((ranks == 1).astype(np.int64), np.ones(len(ranks), np.int64))
