"""Loss on the tokens that human text seldom uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.frequency import halves
from benchsuite_metrics.intervals import Estimate, ratio
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    from collections.abc import Mapping


class RareTokenLoss(Metric[Parameters]):
    """Mean loss of held-out human tokens, by how often human training text has them.

    Token types that occur in the human training rows are ranked by count, equal counts by
    id; `rare half` are the less frequent half of the types (one more where odd), `frequent
    half` the others. Value: -Σ log p / number of test tokens in the half. Unit: nats/token.
    n: those tokens; tokens that training text lacks and those that end a row are in neither.
    Interval: linearised ratio estimator over rows (Cochran 1977, §6.4).

    Rare things die first when models learn from models, while the mean loss hardly moves
    (Shumailov et al., Nature 631 (2024) 755; Dohmatob et al., arXiv:2402.07043). It speaks
    at every scale, but compares models of one tokenizer only.
    """

    axis = "generalization"
    unit = "nats/token"
    best = "lower"
    needs = frozenset({"model"})

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """Both slices rest on the test rows."""
        return {"in-domain": texts(human.test)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score the test rows once and average over each half."""
        names = ("rare half", "frequent half")
        if not subject.human.test.num_rows:
            return [Measurement(None, 0, name) for name in names]
        scores = subject.score(subject.human.test, context)
        tokens = np.concatenate(scores.tokens)
        losses = -np.concatenate(scores.log_probabilities).astype(np.float64)
        rows = np.repeat(np.arange(len(scores.lengths)), scores.lengths)
        return [
            _mean_loss(losses, rows, np.isin(tokens, half)).named(name)
            for name, half in zip(names, halves(subject.model, subject.human), strict=True)
        ]


def _mean_loss(losses: np.ndarray, rows: np.ndarray, within: np.ndarray) -> Estimate:
    size = int(rows[-1]) + 1 if len(rows) else 0
    tokens = np.bincount(rows[within], minlength=size)
    totals = np.bincount(rows[within], weights=losses[within], minlength=size)
    return ratio(totals, tokens, int(np.count_nonzero(within)))
