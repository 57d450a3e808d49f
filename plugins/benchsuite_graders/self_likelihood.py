"""A model grades its own text by how likely it finds it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters


class SelfLikelihoodParameters(Parameters):
    """Whether likelihood is taken by the token or by the row."""

    per: Literal["token", "row"] = Field(
        "token",
        description="token: the mean log-likelihood, whatever the length. row: that of the row as "
        "a whole, which falls with every token, so that short rows win.",
    )


class SelfLikelihood(Grader[SelfLikelihoodParameters]):
    """Log-likelihood (nats) of a row, its end included, under the model that wrote it.

    By default the mean a token. The sum, `per: row`, ranks rows mostly by their length.
    """

    parameters_type = SelfLikelihoodParameters

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return the log-likelihood of each row, higher for text the model expects."""
        scores = model.score(rows, context)
        by_row = self.parameters.per == "row"
        return np.asarray(scores.totals if by_row else scores.totals / scores.lengths)
