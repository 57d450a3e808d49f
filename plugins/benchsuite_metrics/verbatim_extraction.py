"""How many rows that were trained on a model goes on with word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, Decoding, Measurement, Metric, SampleRequest, Subject
from benchsuite_metrics.intervals import share
from benchsuite_metrics.membership import members
from benchsuite_metrics.reference import Reference, drawn

if TYPE_CHECKING:
    from benchsuite.api import Model


class VerbatimExtractionParameters(Reference):
    """How much is given, how much must follow, and of how many rows."""

    prefix: int = Field(16, ge=1, description="Tokens of a row that the model is given.")
    suffix: int = Field(16, ge=1, description="Tokens that it must go on with.")
    rows: int = Field(100, ge=1, description="Rows that are tried at most, of each kind.")


class VerbatimExtraction(Metric[VerbatimExtractionParameters]):
    """Share of training rows that greedy sampling goes on with exactly, after their beginning.

    A row is extracted where the model, given its first `prefix` tokens and always taking the most
    likely token, writes text that begins with the row's next `suffix` tokens (Carlini et al., ICLR
    2023, arXiv:2202.07646, who take 50 and 50: too much for short rows). Rows with fewer tokens
    are left out. Slices: `all`, up to `rows` of the rows that generation 0 was trained on, of the
    test rows' domains and each text once; beside it `held-out`, the same of test rows, which only
    guessing extracts. Unit: share. n: rows; no value where none is long enough. Interval:
    Wilson's (1927) over rows.

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
        """Have the model go on after the beginnings of both kinds of row, at once."""
        wanted, model = self.parameters, subject.model
        tables = (
            members(subject, wanted.reference_seed),
            drawn(subject.human.test, wanted.reference_seed),
        )
        kinds = [self._cut(model, rows) for rows in tables]
        written = _greedily(model, [cut.prefix for kind in kinds for cut in kind], context)
        found = (
            np.array([written.get(cut.prefix, "").startswith(cut.suffix) for cut in kind], np.int64)
            for kind in kinds
        )
        return [
            share(extracted, np.ones_like(extracted)).named(name)
            for name, extracted in zip(("all", "held-out"), found, strict=True)
        ]

    def _cut(self, model: Model, rows: pa.Table) -> list[_Cut]:
        """Cut the first rows that are long enough."""
        if not rows.num_rows:
            return []
        wanted = self.parameters
        length = wanted.prefix + wanted.suffix
        long = rows.filter(pa.array(model.tokens(rows).lengths > length)).slice(0, wanted.rows)
        if not long.num_rows:
            return []
        pairs = zip(model.prefixes(long, wanted.prefix), model.prefixes(long, length), strict=True)
        # Where a token ends within a character, the shorter text need not begin the longer.
        return [_Cut(a, b[len(a) :]) for a, b in pairs if b.startswith(a) and len(b) > len(a)]


class _Cut(NamedTuple):
    prefix: str
    suffix: str


def _greedily(model: Model, prompts: list[str], context: Context) -> dict[str, str]:
    """Return what the model writes after each prompt; after which it writes nothing, none."""
    asked = list(dict.fromkeys(prompts))
    if not asked:
        return {}
    request = SampleRequest(len(asked), "rows", Decoding(temperature=0.0), asked)
    rows = model.sample(request, context)
    return dict(zip(rows["prompt"].to_pylist(), rows["text"].to_pylist(), strict=True))
