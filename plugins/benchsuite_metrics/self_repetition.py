"""How often rows say what others say word for word, against human text."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from benchsuite_metrics.excerpts import Excerpts, excerpts
from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate, mean
from benchsuite_metrics.repeats import Repeats, repeats
from benchsuite_metrics.words import Words


class SelfRepetitionParameters(Excerpts):
    """How much text is compared, and how long a run must be to count."""

    n: int = Field(4, ge=1, le=4, description="Words in a run.")


class SelfRepetition(WordGap[SelfRepetitionParameters]):
    """Runs of words that rows share with other rows, samples minus held-out human text.

    Of a row log(1 + Σ Nᵢ), where Nᵢ is the number of other rows that hold its i-th run of `n`
    words; then the mean over the first `rows` rows that have `length` words, cut to them. No
    value where there are fewer. Slices: `gap` = samples - human, `samples`, `human`. Unit:
    nats. n: rows. Intervals: jackknife over rows, a row that is left out being missing among the
    others, too, run by run (Efron & Stein 1981), the gap's from both sides (Newcombe 1998, method
    10); none where no run is shared, and too narrow where hardly any is. Source: Salkar et al.,
    AACL 2022; Shaib et al., arXiv:2403.00553.

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
        *_, found = repeats(cut, self.parameters.n)
        values, owed = repetition(found, len(cut))
        return mean(values, owed) if values.any() else Estimate(0.0, len(cut))


def repetition(found: Repeats, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return log(1 + Σ Nᵢ) of each row, and about what the others' lose without the row.

    A row would lose -log(1 - count / (1 + Σ Nᵢ)) with each other that has a run which it has so
    many times; of others that have several of its runs, it loses a little more than the sum.
    """
    run, row, count = found
    others = np.bincount(run)[run] - 1
    shared = np.bincount(row, count * others, minlength=rows)
    lost = -np.log1p(-np.where(others > 0, count, 0) / (1 + shared[row]))
    of_others = np.bincount(run, lost)[run] - lost
    return np.log1p(shared), np.bincount(row, of_others, minlength=rows)
