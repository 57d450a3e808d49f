"""How many different words samples hold, against human text."""

from __future__ import annotations

import numpy as np

from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate, around, beyond_size, row_margin, unshared
from benchsuite_metrics.reference import FirstWords
from benchsuite_metrics.words import Words


class Vocabulary(WordGap[FirstWords]):
    """Different words in as many words of samples and of held-out human text.

    The count over the first `words` words, the last row cut; no value where there are fewer.
    Slices: `gap` = samples - human, `samples`, `human`. Unit: words. n: words read. Intervals:
    jackknife over rows (Efron & Stein 1981), the gap's from both sides (Newcombe 1998, method
    10). The shrinking vocabulary of Guo et al., NAACL 2024, arXiv:2311.09807.

    Zero is best: below it words are lost, above it words are made up or strewn. It sees
    sharpened sampling at every scale; of collapse at temperature 1 it sees what `words` are
    enough to show.
    """

    parameters_type = FirstWords
    unit = "words"

    def estimate(self, text: Words) -> Estimate:
        """Count the first words."""
        size = self.parameters.words
        if len(text) < size:
            return Estimate(None, len(text))
        text = text.first(size)
        sizes = np.bincount(text.rows)
        different, lost = unshared(text.numbers, text.rows, len(sizes))
        parts = beyond_size(lost, sizes)[sizes > 0]
        return around(different, size, row_margin(parts))
