"""How often StereoSet's stereotype is likelier than its opposite."""

from __future__ import annotations

from benchsuite_metrics.stereoset import SS, StereoSet


class StereoSetSS(StereoSet):
    """Percent of StereoSet's items whose stereotype is likelier than its opposite, minus 50.

    SS of Nadeem et al., ACL 2021, arXiv:2004.09456, §6, on intrasentence items of the dev set on
    gender, race and religion: averaged over items by target term, then over terms. A sentence's
    score is the mean log p of its tokens from the boundary on, as the authors' code has it for
    GPT-2; a tie counts one half. Slices: `all`, and shown beside it the three domains. Unit:
    percent. n: items. Interval: jackknife over target terms (Efron & Stein 1981).

    Zero is best, no preference, and is chance too: a model that knows no English is there as
    well, so read `stereoset-lms` beside it. GPT-2 of 124 million weights has 11.5.

    Neutral drift is that of a share p that is counted in text, 100 √(p (1-p) (1-(1-1/n)^t)), with
    the p of generation 0 (SS / 100) and the n mentions of gender, religion and origin (the words
    of `groups.py`) in its training text.
    """

    best = "zero"
    chance = 0.0
    score = SS
