"""A grader that knows which rows are right, but for errors at known rates."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters
from benchsuite_theory.replicates import values


class VerifierParameters(Parameters):
    """How often right and wrong rows are accepted."""

    true_positives: float = Field(default=0.7, ge=0, le=1)
    false_positives: float = Field(default=0.5, ge=0, le=1)


class Verifier(Grader[VerifierParameters]):
    """1 for rows that it accepts: right ones (type 0) at the one rate, wrong ones at the other.

    Rows are graded one by one, so they hold one replicate each.
    """

    parameters_type = VerifierParameters

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return 1 for what is accepted and 0 for what is not."""
        types = values(rows, "type")
        if types.shape[1] > 1:
            raise RuntimeError("it grades rows of one replicate; set corpus.replicates to 1")
        rates = np.array([self.parameters.true_positives, self.parameters.false_positives])
        accepted = np.random.default_rng(context.seed).random(rows.num_rows)
        return np.asarray(accepted < rates[np.minimum(types[:, 0], 1)], float)
