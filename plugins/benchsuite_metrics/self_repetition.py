"""How often rows say what others say word for word, against human text."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from benchsuite_metrics.excerpts import Excerpts, counted, excerpts, grams
from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate, mean
from benchsuite_metrics.words import Words


class SelfRepetitionParameters(Excerpts):
    """How much text is compared, and how long a run must be to count."""

    n: int = Field(4, ge=1, le=4, description="Words in a run.")


class SelfRepetition(WordGap[SelfRepetitionParameters]):
    """Runs of words that rows share with other rows, samples minus held-out human text.

    Of a row log(1 + Σ Nᵢ), where Nᵢ is the number of other rows that hold its i-th run of `n`
    words; then the mean over the first `rows` rows that have `length` words, cut to them. No
    value where there are fewer. Slices: `gap` = samples - human, `samples`, `human`. Unit:
    nats. n: rows. Interval: Student's t over rows, with the other rows held fixed, hence too
    narrow by about a quarter. Source: Salkar et al., AACL 2022; Shaib et al.,
    arXiv:2403.00553.

    Zero is best: above it samples fall into formulas more than people do. It sees templates
    and duplicates at every scale, and hardly sees collapse at temperature 1.
    """

    parameters_type = SelfRepetitionParameters
    unit = "nats"

    def estimate(self, text: Words) -> Estimate:
        """Count the other rows that hold each run."""
        cut = excerpts(text, self.parameters)
        if len(cut) < self.parameters.rows:
            return Estimate(None, len(cut))
        code, row, count = counted(grams(cut, self.parameters.n))
        others = np.bincount(code)[code] - 1
        return mean(np.log1p(np.bincount(row, count * others, minlength=len(cut))))
