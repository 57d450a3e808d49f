"""How far a grader's probabilities are from the truth."""

from __future__ import annotations

import numpy as np

from benchsuite.api import Context, Measurement, Subject
from benchsuite_metrics.grading import GraderMetric, tried
from benchsuite_metrics.intervals import Estimate

BINS = 10
_RESAMPLES = 200


class GraderCalibration(GraderMetric):
    """Expected calibration error of a grader whose scores are probabilities.

    ECE = Σ over bins of (rows in the bin / rows) · |mean score - share of good rows|, in 10 bins
    of equally many rows (Naeini et al., AAAI 2015; equal mass after Nguyen & O'Connor 2015,
    arXiv:1508.05154), rows and truths as in `metrics/grader-auc`. Graders whose scores are no
    probabilities have none. Good rows and others are about equally many here; where a grader
    meets other shares, so will its probabilities. Unit: share; 0 is calibrated, by
    chance a calibrated grader measures about √(2/π · 10 · p(1-p) / rows). n: rows. Interval:
    percentiles of 200 bootstrap samples of rows, drawn by `reference_seed`.
    """

    unit = "share"
    best = "lower"

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare probabilities with truths."""
        return [
            self._error(good, bad).named(f"{name}, {truth}")
            for name, grader in tried(subject, self.parameters)
            if grader.grader.probability
            for truth, (good, bad) in grader.truths.items()
        ]

    def _error(self, good: np.ndarray, bad: np.ndarray) -> Estimate:
        scores = np.concatenate([good, bad])
        truth = np.concatenate([np.ones(len(good)), np.zeros(len(bad))])
        if not len(good) or not len(bad):
            return Estimate(None, len(scores))
        random = np.random.default_rng(self.parameters.reference_seed)
        picks = random.integers(len(scores), size=(_RESAMPLES, len(scores)))
        again = [calibration_error(scores[pick], truth[pick]) for pick in picks]
        lower, upper = np.percentile(again, [2.5, 97.5])
        value = calibration_error(scores, truth)
        return Estimate(value, len(scores), min(float(lower), value), max(float(upper), value))


def calibration_error(scores: np.ndarray, truth: np.ndarray) -> float:
    """Return the expected calibration error of probabilities in bins of equally many rows."""
    order = np.argsort(scores, kind="stable")
    bins = np.array_split(order, min(BINS, len(order)))
    gaps = [len(rows) * abs(scores[rows].mean() - truth[rows].mean()) for rows in bins]
    return float(np.sum(gaps) / len(order))
