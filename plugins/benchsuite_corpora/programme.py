"""Rows that a programme writes, in place of human ones: text that can be checked exactly."""

from __future__ import annotations

import hashlib
import json
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa
from benchsuite_worlds.parameters import Sized, check_size
from pydantic import Field, model_validator

from benchsuite.api import Context, Corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchsuite_worlds.grammar import Drawn

_SCHEMA = pa.schema(
    [
        (name, pa.string())
        for name in ("document", "domain", "text", "split", "subject", "relation", "object")
    ]
)
_FIRST = 100
"""Rows by which a change in what is drawn is seen."""


class ProgrammeParameters(Sized):
    """Which grammar, how many rows, and how much larger those of the other domain are."""

    rows: int = Field(
        20_000, ge=1, description="Rows that are drawn; of equal ones the first is kept."
    )
    seed: int = Field(0, ge=0, description="Fixes the rows.")
    beyond: int = Field(
        2,
        ge=0,
        description="By how much the size of out-of-domain rows exceeds `size` at most, and by 1 "
        "at least. 0: there are none.",
    )
    out_of_domain_rows: int = Field(1000, ge=1, description="Rows that are drawn of those.")

    @model_validator(mode="after")
    def _fits_beyond(self) -> ProgrammeParameters:
        check_size(self.grammar, self.size + self.beyond)
        return self


class Programme(Corpus[ProgrammeParameters]):
    """Rows of a grammar: equations, boolean expressions, or sentences on invented people.

    They play the part of human rows where the truth of what models write is to be checked. Each
    is a document of its own. Out-of-domain rows have more numbers, levels or sentences than any
    other. The columns `subject`, `relation` and `object` say what a true row of one sentence on
    a person states; they are null elsewhere.
    """

    parameters_type = ProgrammeParameters

    def fingerprint(self) -> str:
        """Return a digest of the parameters and of the first rows."""
        first = [row.text for row in islice(self._within(), _FIRST)]
        parts = [self.parameters.model_dump(mode="json"), first]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def rows(self, context: Context) -> pa.Table:
        """Return all rows, those out of domain last."""
        wanted = self.parameters
        rows = list(self._rows(self._within(), wanted.grammar, None, wanted.rows))
        if wanted.beyond:
            grammar = wanted.sized(wanted.size + 1, wanted.size + wanted.beyond)
            larger = grammar.rows(wanted.seed, wanted.false)
            domain = f"larger {wanted.grammar}"
            rows += self._rows(larger, domain, "out-of-domain", wanted.out_of_domain_rows)
        return pa.Table.from_pylist(rows, schema=_SCHEMA)

    def _within(self) -> Iterator[Drawn]:
        return self.parameters.drawer().rows(self.parameters.seed, self.parameters.false)

    def _rows(
        self, drawn: Iterator[Drawn], domain: str, split: str | None, count: int
    ) -> Iterator[dict[str, str | None]]:
        for number, row in enumerate(islice(drawn, count)):
            states = row.states[0]._asdict() if len(row.states) == 1 else {}
            name = f"{domain} {number}"
            yield {"document": name, "domain": domain, "text": row.text, "split": split, **states}
