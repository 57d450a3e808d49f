"""How well a grader tells good rows from others."""

from __future__ import annotations

from benchsuite.api import Context, Measurement, Subject
from benchsuite_metrics.grading import GraderMetric, tried
from benchsuite_metrics.membership_auc import auc


class GraderAuc(GraderMetric):
    """Area under the ROC curve of a regime's grader on rows whose truth is known.

    AUC = P(score of a good row > score of another) + P(equal) / 2, scores turned so that higher
    is better. Truths: `human`, rows of the test split against rows that the model wrote;
    `facts`, where the corpus plants some, statements of the planted world against the same
    statements with another object of the relation; `programme`, where a `grammar` is given, own
    rows that state something and all of it true against own rows that do not. As many as `rows`
    of each, drawn by `reference_seed`; a slice is named after the grader and the truth.
    Unit: AUC; 0.5 is a grader that guesses, below that it prefers what it should not. n: rows of
    both kinds. Interval: DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988) 837; none where
    the kinds do not overlap.

    It is a figure of the regime's grader, so the control, which grades nothing, has none. Rows
    of the test split and samples differ in more than their worth, such as their lengths.
    """

    unit = "AUC"
    best = "higher"
    chance = 0.5

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare scores of good rows with those of others."""
        return [
            auc(good, bad).named(f"{name}, {truth}")
            for name, grader in tried(subject, self.parameters)
            for truth, (good, bad) in grader.truths.items()
        ]
