"""How many rows that were trained on a model goes on with word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from benchsuite.api import Context, Measurement, Metric, Subject, TokenModel, UserError
from benchsuite_metrics.intervals import share
from benchsuite_metrics.membership import members
from benchsuite_metrics.reference import Reference, drawn

if TYPE_CHECKING:
    import pyarrow as pa

    from benchsuite.api import Model


class VerbatimExtractionParameters(Reference):
    """How much is given, how much must follow, and of how many rows."""

    prefix: int = Field(16, ge=1, description="Tokens of a row that the model is given.")
    suffix: int = Field(16, ge=1, description="Tokens that it must go on with.")
    rows: int = Field(100, ge=1, description="Rows that are tried at most, of each kind.")


class VerbatimExtraction(Metric[VerbatimExtractionParameters]):
    """Share of training rows that greedy sampling goes on with exactly, after their beginning.

    A row is extracted where the model, given its first `prefix` tokens and always taking the most
    likely token, goes on with exactly the row's next `suffix` tokens (Carlini et al., ICLR 2023,
    arXiv:2202.07646, who take 50 and 50: too much for short rows). That is so where each of them
    is the most likely one after those before it, so nothing need be written. Rows with fewer
    tokens are left out. Slices: `all`, up to `rows` of the rows that generation 0 was trained on,
    of the test rows' domains and each text once; beside it `held-out`, the same of test rows,
    which only guessing extracts. Unit: share. n: rows; no value where none is long enough.
    Interval: Wilson's (1927) over rows.

    For a later generation it says what still comes out, though the model may have seen no human
    row. Models of a million weights that read a text twice repeat next to nothing: it speaks of
    larger ones, of many epochs, and of rows that stand in the corpus many times.
    """

    parameters_type = VerbatimExtractionParameters
    axis = "privacy"
    unit = "share"
    best = "lower"
    needs = frozenset({"model", "drawn"})
    context_slices = frozenset({"held-out"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Ask after both kinds of row."""
        model, seed = _of_tokens(subject.model), self.parameters.reference_seed
        if model.length < self.parameters.suffix:
            raise UserError(
                f"metrics/verbatim-extraction asks for {self.parameters.suffix} tokens, and the "
                f"model sees {model.length}; lower suffix."
            )
        kinds = {"all": members(subject, seed), "held-out": drawn(subject.human.test, seed)}
        return [
            share(extracted, np.ones_like(extracted)).named(name)
            for name, extracted in (
                (name, self._extracted(model, rows, context)) for name, rows in kinds.items()
            )
        ]

    def _extracted(self, model: TokenModel, rows: pa.Table, context: Context) -> np.ndarray:
        """Return 1 for each row that is extracted and 0 for others, of the first long ones."""
        if not rows.num_rows:
            return np.zeros(0, np.int64)
        wanted = self.parameters
        length = wanted.prefix + wanted.suffix
        ids, lengths = model.tokens(rows)
        starts = (np.cumsum(lengths) - lengths)[lengths >= length][: wanted.rows]
        asked = [[model.boundary, *ids[start : start + length].tolist()] for start in starts]
        scored = model.score_ends(asked, [wanted.suffix] * len(asked), context)
        return np.array([bool(ends.greedy.all()) for ends in scored], np.int64)


def _of_tokens(model: Model) -> TokenModel:
    if not isinstance(model, TokenModel):
        raise UserError(
            f"metrics/verbatim-extraction needs a model of token ids, and {type(model).__name__} "
            "is none; use a learner of language models."
        )
    return model
