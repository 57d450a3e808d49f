"""How evenly samples use their words, against human text."""

from __future__ import annotations

from math import log

import numpy as np
from scipy.special import xlogy

from benchsuite_metrics.counting import tally
from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate, around, row_margin
from benchsuite_metrics.reference import FirstWords
from benchsuite_metrics.words import Words


class Entropy(WordGap[FirstWords]):
    """Entropy of the words of as many words of samples and of held-out human text.

    H = -Σ f log₂ f, where f is a word's share of the first `words` words, the last row cut;
    no value where there are fewer. The estimate is too low where words are rare, by about the
    same amount in both texts. Slices: `gap` = samples - human, `samples`, `human`. Unit:
    bits/word. n: words. Intervals: infinitesimal jackknife over rows, of which each takes part
    by Σ(-log₂ f - H) over its words (Efron, 1982, §6), the gap's from both sides (Newcombe
    1998, method 10). Source: Shannon 1948.

    Zero is best: below it a few words are used too often, above it words are strewn more
    evenly than people do. It sees sharpened sampling at every scale, and hardly sees rare
    words go, since each weighs little.
    """

    parameters_type = FirstWords
    unit = "bits/word"

    def estimate(self, text: Words) -> Estimate:
        """Count the first words."""
        size = self.parameters.words
        if len(text) < size:
            return Estimate(None, len(text))
        text = text.first(size)
        shares = np.bincount(text.numbers) / size
        entropy = -float(np.sum(xlogy(shares, shares))) / log(2)
        surprise = -np.log2(shares[text.numbers])
        parts = np.bincount(text.rows, surprise - entropy)[tally(text.rows)[0]] / size
        return around(entropy, size, row_margin(parts))
