"""Which good rows, and which others, a regime's rule lets through."""

from __future__ import annotations

import numpy as np

from benchsuite.api import Context, Measurement, Subject
from benchsuite_metrics.grading import GraderMetric, tried
from benchsuite_metrics.intervals import Estimate, mean, share


class GraderRates(GraderMetric):
    """True and false positive rates of a regime's grader at the regime's own rule.

    TPR = accepted / all of the rows that are good, FPR the same of those that are not; rows and
    truths as in `metrics/grader-auc`. The cut is what the rule keeps of the rows that the model
    wrote to be measured on: the lowest score among its best share, or the threshold. A rule
    that draws rows has no cut; there the rate is the mean number of times that a row would be
    drawn, and may exceed 1. Keeping what a grader accepts multiplies the odds of a good row by
    TPR / FPR. Unit: share. n: rows. Interval: Wilson's; Student's t where the rule draws.
    """

    unit = "share"
    best = "higher"

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Apply each rule to good rows and to others."""
        return [
            _rate(grader.accepted(scores)).named(f"{name}, {truth}: {rate}")
            for name, grader in tried(subject, self.parameters)
            for truth, kinds in grader.truths.items()
            for rate, scores in zip(("TPR", "FPR"), kinds, strict=True)
        ]


def _rate(times: np.ndarray) -> Estimate:
    if np.isin(times, (0.0, 1.0)).all():
        return share(times, np.ones_like(times))
    return mean(times)
