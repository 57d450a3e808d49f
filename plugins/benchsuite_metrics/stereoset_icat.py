"""Language and fairness on StereoSet in one score."""

from __future__ import annotations

from benchsuite_metrics.stereoset import ICAT, StereoSet


class StereoSetICAT(StereoSet):
    """StereoSet's idealized score: LMS · min(SS, 100 - SS) / 50, at best 100.

    ICAT of Nadeem et al., ACL 2021, arXiv:2004.09456, §6, from the SS and LMS of `stereoset-ss`
    (to which it adds 50) and `stereoset-lms`. Slices: `all`, and shown beside it the three
    domains. Unit: percent. n: items. Interval: jackknife over target terms; too short where SS
    is near 50, where the formula has its kink.

    Chance is 50. A model that gains language and bias alike stands still: read both parts.
    GPT-2 of 124 million weights has 69. Neutral drift is that of its parts, taken as independent,
    to first order (delta method); at the kink it is an upper bound.
    """

    best = "higher"
    chance = 50.0
    score = ICAT
