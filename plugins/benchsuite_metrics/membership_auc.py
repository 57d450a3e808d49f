"""How well a model's losses tell rows it was trained on from others."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from benchsuite.api import Context, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.intervals import Estimate
from benchsuite_metrics.membership import members
from benchsuite_metrics.reference import Reference
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchsuite.api import Scores


class MembershipAuc(Metric[Reference]):
    """Area under the curve of the attack that takes rows of low loss for training rows.

    AUC = P(loss of a member < loss of a non-member) + P(equal) / 2, of the mean loss of a row's
    tokens (Yeom et al., CSF 2018, arXiv:1709.01604). Members are rows that generation 0 was
    trained on, of the test rows' domains and each text once; non-members are the test rows; as
    many of each, drawn by `reference_seed`. Unit: AUC; 0.5 is chance, 1 a model that gives every
    member away, and 0.5 what the models of people who never saw the rows have. n: rows of both
    kinds. Interval: DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988) 837; none where the
    kinds do not overlap.

    For generation 0 it says what training leaks; for a later one, what is left of it, though the
    model may have seen no human row. Rows of one document are taken as independent. It speaks at
    every scale, and of a small model trained for few epochs it says little leaks.
    """

    parameters_type = Reference
    axis = "privacy"
    unit = "AUC"
    best = "lower"
    needs = frozenset({"model", "drawn"})

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """Non-members are the test rows."""
        return {"in-domain": texts(human.test)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score the test rows, and as many members."""
        test = subject.human.test
        within = members(subject, self.parameters.reference_seed)
        if not within.num_rows:
            return [Measurement(None, 0)]
        within = within.slice(0, test.num_rows)
        losses = _losses(subject.score(test, context))
        order = np.random.default_rng(self.parameters.reference_seed).permutation(len(losses))
        without = losses[order[: within.num_rows]]
        return [auc(-_losses(subject.model.score(within, context)), -without).named("all")]


def auc(positive: np.ndarray, negative: np.ndarray) -> Estimate:
    """Return P(positive > negative) + P(equal) / 2 with DeLong's interval.

    With V(x) the share of the other kind that x lies on the right side of, variance =
    var V(positive) / m + var V(negative) / n.
    """
    m, n = len(positive), len(negative)
    if not m or not n:
        return Estimate(None, m + n)
    ranks = rankdata(np.concatenate([positive, negative]))
    above = (ranks[:m] - rankdata(positive)) / n
    below = 1 - (ranks[m:] - rankdata(negative)) / m
    value = float(np.mean(above))
    if min(m, n) < 2 or not 0 < value < 1:  # noqa: PLR2004 (a variance needs two)
        return Estimate(value, m + n)
    margin = float(ndtri(0.975)) * sqrt(np.var(above, ddof=1) / m + np.var(below, ddof=1) / n)
    return Estimate(value, m + n, max(0.0, value - margin), min(1.0, value + margin))


def _losses(scores: Scores) -> np.ndarray:
    return np.asarray(-scores.totals / np.maximum(scores.lengths, 1))
