"""Whether a grader prefers what its own model wrote."""

from __future__ import annotations

from benchsuite.api import Context, Measurement, Subject
from benchsuite_metrics.grading import GraderMetric, tried
from benchsuite_metrics.intervals import shifted
from benchsuite_metrics.membership_auc import auc


class GraderSelfPreference(GraderMetric):
    """How much likelier a grader is to prefer a row of its own model to one of its twins'.

    P(score of an own row > score of another's) + P(equal) / 2 - 1/2, others being models of the
    same regime and generation with other seeds: what they write is as good, so that a preference
    is for authorship (Panickssery et al. 2024, arXiv:2404.13076, on judges and their own text).
    Unit: share; 0 is no preference, 1/2 always its own. n: rows of both kinds, at most `rows` of
    each. Interval: DeLong's. None with a single seed.
    """

    unit = "share"
    best = "zero"
    chance = 0.0

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare scores of own rows with those of twins."""
        return [
            shifted(auc(grader.own, grader.others), -0.5).named(name)
            for name, grader in tried(subject, self.parameters)
        ]
