"""Loss on held-out tokens, by how often human training text has them."""

from __future__ import annotations

import numpy as np

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import ratio
from benchsuite_metrics.words import texts

BINS = ("unseen", "below 10", "10 to 100", "100 to 1,000", "1,000 to 10,000", "from 10,000")
"""Uses in a million tokens of human training text."""
_EDGES = np.array([0.0, 10.0, 100.0, 1000.0, 10_000.0])


class FrequencyLoss(Metric[Parameters]):
    """Mean loss of held-out human tokens in bins of their frequency in human training text.

    Value: -Σ log p / number of test tokens whose type has, in a million tokens of the human
    training rows, so many uses: none (`unseen`), `below 10`, `10 to 100`, `100 to 1,000`,
    `1,000 to 10,000`, `from 10,000`. Unit: nats/token.
    n: those tokens; those that end a row are in no bin, and a bin without tokens has no value.
    Interval: linearised ratio estimator over rows (Cochran 1977, §6.4).

    Tails are lost first (Shumailov et al., Nature 631 (2024) 755; Dohmatob et al.,
    arXiv:2402.07043), and bins of a frequency, unlike halves of the vocabulary, mean the same
    for any size of vocabulary and corpus; but the tokens differ, so compare models of one
    tokenizer. It speaks at every scale, in bins with some hundred tokens.
    """

    axis = "generalization"
    unit = "nats/token"
    best = "lower"
    needs = frozenset({"model"})

    def evaluated(self, human: HumanRows) -> dict[str, list[str]]:
        """Return the test rows."""
        return {"in-domain": texts(human.test)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score the test rows once and average over each bin."""
        if not subject.human.test.num_rows:
            return [Measurement(None, 0, name) for name in BINS]
        scores = subject.score(subject.human.test, context)
        tokens = np.concatenate([row[:-1] for row in scores.tokens])
        losses = -np.concatenate([row[:-1] for row in scores.log_probabilities]).astype(np.float64)
        rows = np.repeat(np.arange(len(scores.lengths)), scores.lengths - 1)
        bins = _bins(subject, tokens)
        size = len(scores.lengths)
        found = []
        for number, name in enumerate(BINS):
            of = bins == number
            totals = np.bincount(rows[of], losses[of], minlength=size)
            counts = np.bincount(rows[of], minlength=size)
            found.append(ratio(totals, counts, int(np.count_nonzero(of))).named(name))
        return found


def _bins(subject: Subject, tokens: np.ndarray) -> np.ndarray:
    """Return the bin of each token."""
    ids = subject.model.tokens(subject.human.train).ids
    largest = int(max(tokens.max(initial=0), ids.max(initial=0)))
    uses = np.bincount(ids, minlength=largest + 1) * (1e6 / max(1, len(ids)))
    used = uses[tokens]
    return np.where(used > 0, np.searchsorted(_EDGES, used, side="right"), 0)
