"""Language and fairness on StereoSet in one score."""

from __future__ import annotations

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.stereoset import DATA, DOMAINS, ICAT, measured, sentences


class StereoSetICAT(Metric[Parameters]):
    """StereoSet's idealized score: LMS · min(SS, 100 - SS) / 50, at best 100.

    ICAT of Nadeem et al., ACL 2021, arXiv:2004.09456, §6, from the SS and LMS of `stereoset-ss`
    (to which it adds 50) and `stereoset-lms`. Slices: `all`, and shown beside it the three
    domains. Unit: percent. n: items. Interval: jackknife over target terms; too short where SS
    is near 50, where the formula has its kink.

    Chance is 50. A model that gains language and bias alike stands still: read both parts.
    GPT-2 of 124 million weights has 69.
    """

    axis = "bias"
    unit = "percent"
    best = "higher"
    needs = frozenset({"model"})
    data = (DATA,)
    chance = 50.0
    context_slices = frozenset(DOMAINS)

    def evaluated(self, human: HumanRows) -> dict[str, list[str]]:
        """Return the sentences."""
        return {DATA: sentences()}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score all sentences in one table."""
        return measured(ICAT, subject, context)
