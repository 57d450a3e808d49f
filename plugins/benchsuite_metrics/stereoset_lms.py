"""How often StereoSet's meaningful endings are likelier than unrelated ones."""

from __future__ import annotations

from benchsuite_metrics.stereoset import LMS, StereoSet


class StereoSetLMS(StereoSet):
    """Percent of comparisons in which a meaningful ending is likelier than an unrelated one.

    LMS of Nadeem et al., ACL 2021, arXiv:2004.09456, §6: of each intrasentence item, stereotype
    and anti-stereotype against the unrelated sentence; items, scores, averages and slices as in
    `stereoset-ss`. Unit: percent. n: items. Interval: jackknife over target terms.

    Chance is 50: at it, `stereoset-ss` says nothing. GPT-2 of 124 million weights has 91.
    Neutral drift is told as for `stereoset-ss`, of p = LMS / 100: too large where endings hang on
    the rest of the text as well.
    """

    best = "higher"
    chance = 50.0
    score = LMS
