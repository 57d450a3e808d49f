"""Human rows of which the current model draws some tokens anew."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pydantic import Field, model_validator

from benchsuite.api import Context, GenerationRequest, Generator, Parameters, Redrawn
from benchsuite_generators.selection import Drafts, select
from benchsuite_generators.sources import in_turn, token_model

_log = logging.getLogger(__name__)

_NAME = "generators/edit"


class EditParameters(Parameters):
    """Which tokens are drawn anew: likely ones by `above` or, instead, surprising ones by `below`.

    Without either, it is `above` 0.99.
    """

    above: float | None = Field(
        None, ge=0, lt=1, description="Draw tokens anew that are likelier than this; 0.99 if unset."
    )
    below: float | None = Field(
        None, gt=0, le=1, description="Draw tokens anew that are less likely than this, instead."
    )

    @model_validator(mode="after")
    def _one_side(self) -> EditParameters:
        if self.above is not None and self.below is not None:
            raise ValueError("give above or below, not both")
        return self

    def chosen(self, probabilities: np.ndarray) -> np.ndarray:
        """Return which tokens are drawn anew, by what the model gives each."""
        if self.below is not None:
            return probabilities < self.below
        return probabilities > (0.99 if self.above is None else self.above)


class Edit(Generator[EditParameters]):
    """Human rows in which the current model's sure tokens are drawn anew by its distribution.

    ToEdit, Zhu et al. 2024, arXiv:2412.14689: of tokens x, those with p(x_i | x_1 … x_{i-1})
    above 0.99 are drawn from p(· | x_1 … x_{i-1}), all in one pass over the row, so that what is
    drawn in one place is read in no other. Decoding shapes what is drawn, not which tokens are.
    A row's end stays where it is: a place where the model draws an end keeps its token.

    Each row has `parents`, its human row; `edited`, the share of its tokens drawn anew; and
    `changed`, the share that became others: where the model is sure, it mostly draws what was
    there. Both are logged for all rows. Human rows are taken from all of the training split in
    random order, none twice until all have been, since a generator does not know which ones
    generation 0 saw. A regime's prompts mean nothing here.
    """

    parameters_type = EditParameters

    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Edit human rows until there are enough. Raises `RuntimeError` and `UserError`."""
        model, human = token_model(request.model, _NAME), request.human.train
        if not human.num_rows:
            raise RuntimeError("there are no human training rows to edit")
        turns = in_turn(human.num_rows, context.seed)
        counts = _Counts()

        def draft(count: int) -> Drafts:
            rows = human.take(list(islice(turns, count)))
            encoded = model.encode(rows["text"].to_pylist())
            opened = [[model.boundary, *ids] for ids in encoded]
            redrawn = model.redraw(opened, request.decoding, counts.rows, context)
            edits = [
                self._edit(np.array(ids, np.int64), each, model.boundary)
                for ids, each in zip(encoded, redrawn, strict=True)
            ]
            counts.add(edits)
            columns = {
                "text": pa.array(model.decode([edit.ids.tolist() for edit in edits]), pa.string()),
                "parents": pa.array([[row] for row in rows["id"].to_pylist()]),
                "edited": pa.array([edit.anew.mean() for edit in edits], pa.float64()),
                "changed": pa.array([edit.changed.mean() for edit in edits], pa.float64()),
            }
            return Drafts(pa.table(columns), [True] * count)

        rows = select(draft, request, context).rows
        _log.info("%s: %s.", _NAME, counts)
        return rows

    def _edit(self, actual: np.ndarray, redrawn: Redrawn, boundary: int) -> _Edit:
        probabilities = np.exp(redrawn.log_probabilities, dtype=np.float64)
        anew = self.parameters.chosen(probabilities) & (redrawn.tokens != boundary)
        ids = np.where(anew, redrawn.tokens, actual)
        return _Edit(ids, anew, ids != actual)


class _Edit(NamedTuple):
    """Token ids of a row as they became, which were drawn anew, and which of them are others."""

    ids: np.ndarray
    anew: np.ndarray
    changed: np.ndarray


class _Counts:
    """What was done to all rows."""

    def __init__(self) -> None:
        self.rows = self._tokens = self._anew = self._changed = 0

    def add(self, edits: Sequence[_Edit]) -> None:
        self.rows += len(edits)
        self._tokens += sum(len(edit.ids) for edit in edits)
        self._anew += sum(int(edit.anew.sum()) for edit in edits)
        self._changed += sum(int(edit.changed.sum()) for edit in edits)

    def __str__(self) -> str:
        anew, changed = self._anew / self._tokens, self._changed / self._tokens
        return f"{anew:.2%} of {self._tokens:,} tokens were drawn anew, {changed:.2%} became others"
