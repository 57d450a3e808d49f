"""How many different runs of one to four words samples hold, against human text."""

from __future__ import annotations

import numpy as np

from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate, around, beyond_size, row_margin, unshared
from benchsuite_metrics.reference import FirstWords
from benchsuite_metrics.runs import runs_of
from benchsuite_metrics.words import Words

_ORDERS = range(1, 5)


class NgramDiversity(WordGap[FirstWords]):
    """Distinct-1 to distinct-4 together, of as many words of samples and of human text.

    Σ different runs of n words / runs of n words, n = 1…4, over the first `words` words, runs
    within a row, the last row cut; no value where there are fewer words, or no run of four.
    Slices: `gap` = samples - held-out human text, `samples`, `human`. Unit: shares, from 0 to
    4. n: words. Intervals: jackknife over rows, of the four together (Efron & Stein 1981), the
    gap's from both sides (Newcombe 1998, method 10). Source: Meister et al., TACL 11 (2023);
    Shaib et al., arXiv:2403.00553.

    Zero is best: below it samples repeat themselves more than people do, above it they cohere
    less. Long runs weigh most. It sees sharpened sampling and duplicates at every scale, and
    hardly sees collapse at temperature 1.
    """

    parameters_type = FirstWords
    unit = "shares"

    def estimate(self, text: Words) -> Estimate:
        """Count runs of each length."""
        size = self.parameters.words
        text = text.first(size)
        orders = [runs_of(n, text)[0] for n in _ORDERS]
        if len(text) < size or not len(orders[-1]):
            return Estimate(None, len(text))
        rows = int(text.rows[-1]) + 1
        value, parts = 0.0, np.zeros(rows)
        for runs in orders:
            different, lost = unshared(runs.codes, runs.rows, rows)
            value += different / len(runs)
            parts += beyond_size(lost, np.bincount(runs.rows, minlength=rows)) / len(runs)
        parts = parts[np.bincount(text.rows) > 0]
        return around(value, size, row_margin(parts))
