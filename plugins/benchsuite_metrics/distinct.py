"""How many different word runs samples hold, against human text."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate, distinct
from benchsuite_metrics.reference import Reference
from benchsuite_metrics.runs import runs_of
from benchsuite_metrics.words import Words


class DistinctParameters(Reference):
    """How much text is compared."""

    n: int = Field(2, ge=1, le=16, description="Words in a run.")
    runs: int = Field(7_000, ge=1, description="Runs of samples, and of human text.")


class Distinct(WordGap[DistinctParameters]):
    """Different word runs among as many runs of samples and of held-out human text.

    distinct-n = different runs / runs (Li et al., NAACL 2016, arXiv:1510.03055) over the
    first `runs` runs of `n` neighbouring words within a row. The ratio falls as text grows,
    hence the fixed number; no value where there are fewer. Slices: `gap` = samples - human,
    `samples`, `human`. Unit: share, from 0 to 1. n: runs. Intervals: jackknife over rows
    (Efron & Stein 1981), the gap's from both sides (Newcombe 1998, method 10).

    Zero is best: incoherent text has more different pairs than people write, repetitive
    text fewer. It sees sharpened sampling at every scale, and hardly sees collapse at
    temperature 1, where `tail-coverage` falls.
    """

    parameters_type = DistinctParameters
    unit = "share"

    def estimate(self, text: Words) -> Estimate:
        """Count the first runs."""
        chosen = self.parameters
        (runs,) = runs_of(chosen.n, text)
        if len(runs) < chosen.runs:
            return Estimate(None, len(runs))
        runs = runs.first(chosen.runs)
        return distinct(runs.codes, runs.rows, np.bincount(runs.rows), chosen.runs)
