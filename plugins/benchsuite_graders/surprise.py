"""Rows that a model did not expect, up to a point."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, Grader, HumanRows, Model
from benchsuite_graders.reference import NGRAM, ReferenceParameters, fingerprint, log_likelihoods
from benchsuite_graders.texts import own

SELF = "self"
_NAME = "graders/surprise"


class SurpriseParameters(ReferenceParameters):
    """How much surprise is wanted, and whose."""

    model: str = Field(
        SELF,
        min_length=1,
        description=f"Who is surprised. `{SELF}`: the model that wrote the rows. Else as in "
        f"graders/reference-likelihood: a folder or an id on the hub, or `{NGRAM}`.",
    )
    target: float = Field(
        0.75, ge=0, le=1, description="Wanted place among the rows by surprise, 1 for the most."
    )


class Surprise(Grader[SurpriseParameters]):
    """How near a row's surprise is to a wanted place among the rows: 1 - |quantile - target|.

    Surprise is the mean surprisal of the row's tokens, -log p (nats), its end included, under the
    model that wrote it or another; the sum with `per: row`. Its quantile is the share of the rows
    with less, and half of those with as much. In [0, 1]; 1 at the target.

    Gambetta et al. 2024 (arXiv:2410.12341) find that fine-tuning on the documents that surprise a
    model least makes it collapse worse, and that keeping the most surprising ones mitigates it.
    With `target: 0.75` and the rule `best: 0.5` the more surprising half is kept; with `target: 1`
    any share from the top. Samples of a model at temperature 1 hold, at the very top, what it
    drew by mistake: a `target` below 1 with a smaller share, such as 0.75 with `best: 0.25`, takes
    a band below that.

    It speaks at every scale. Traps: quantiles hide how far rows lie apart, and half of the rows
    are kept however dull all of them are; a small model's surprise is mostly noise (misspelt words
    surprise it most), so that what the paper saw in models of a billion weights need not hold.
    """

    parameters_type = SurpriseParameters

    def fingerprint(self) -> str:
        """Return what fixes the model that is surprised, where it is a checkpoint."""
        wanted = self.parameters
        return "" if wanted.model == SELF else fingerprint(wanted, _NAME)

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return how near each row's quantile is to the target."""
        surprise, made = -self._log_likelihoods(rows, model, human, context), own(rows)
        places = quantiles(surprise, surprise[made] if made.any() else surprise)
        return np.asarray(1 - np.abs(places - self.parameters.target))

    def _log_likelihoods(
        self, rows: pa.Table, model: Model, human: HumanRows, context: Context
    ) -> np.ndarray:
        wanted = self.parameters
        if wanted.model != SELF:
            return log_likelihoods(rows, model, human, wanted, _NAME, context)
        scores = model.score(rows, context)
        by_row = wanted.per == "row"
        return np.asarray(scores.totals if by_row else scores.totals / scores.lengths)


def quantiles(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Return the share of `among` below each value, and half of those equal to it."""
    ordered = np.sort(among)
    below, up_to = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return np.asarray((below + up_to) / max(1, 2 * len(ordered)))
