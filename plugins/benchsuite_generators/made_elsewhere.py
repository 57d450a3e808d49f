"""Rows that were made elsewhere: which columns hold what, and drawing until there is enough."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa
from pydantic import Field, field_validator

from benchsuite.api import Context, GenerationRequest, Parameters, UserError, string_field

_AT_ONCE = 256
"""Rows whose tokens are counted at once; no more than these are read too many."""


class ColumnsParameters(Parameters):
    """Which columns of the records hold what."""

    text: str = Field("text", min_length=1, description="Column that holds the text.")
    prompt: str | None = Field(
        None, min_length=1, description="Column that holds what the text is an answer to."
    )
    model: str | None = Field(
        None, min_length=1, description="Column that names the model that wrote the text."
    )
    keep: tuple[str, ...] = Field(
        (), description="Further columns to keep, such as a license, in the column provenance."
    )
    longest: int = Field(
        65_536, ge=1, le=2**18, description="Characters of a row; longer ones are left out."
    )

    @field_validator("keep")
    @classmethod
    def _are_columns(cls, keep: tuple[str, ...]) -> tuple[str, ...]:
        if not all(keep) or len(set(keep)) < len(keep):
            raise ValueError("name each column to keep once")
        return keep

    @property
    def columns(self) -> list[str]:
        """The columns to read, each once."""
        named = (self.text, self.prompt, self.model, *self.keep)
        return list(dict.fromkeys(name for name in named if name))


class Row(NamedTuple):
    """A row and where it comes from; `provenance` is a JSON object."""

    text: str
    prompt: str | None
    model: str | None
    provenance: str | None


@dataclass
class Reading:
    """Records read as rows; those that are no rows are counted by what is wrong with them."""

    wanted: ColumnsParameters
    left_out: Counter[str] = field(default_factory=Counter)

    def row(self, record: Mapping[str, Any], where: str) -> Row | None:
        """Return a record as a row, None where its text is empty or too long.

        Raises `UserError`, beginning with `where`, for what is no string, or no Unicode.
        """
        wanted = self.wanted
        text = _string_or_none(record, wanted.text, where) or ""
        if not text.strip() or len(text) > wanted.longest:
            self.left_out["too long" if text.strip() else "empty"] += 1
            return None
        kept = {name: record[name] for name in wanted.keep}
        return Row(
            text,
            _string_or_none(record, wanted.prompt, where),
            _string_or_none(record, wanted.model, where),
            json.dumps(kept, default=str) if kept else None,
        )

    def told(self) -> str:
        """Say how many records were left out, as the end of a clause; "" where none was."""
        told = ", ".join(f"{count:,} {fault}" for fault, count in self.left_out.most_common())
        return f" ({told} left out)" if told else ""


def taken(
    rows: Iterable[Row], request: GenerationRequest, context: Context, whence: str, reading: Reading
) -> pa.Table:
    """Return the first rows that hold what a request asks for; no more are read than it takes.

    Raises `UserError`, which names `whence`, if there are not enough.
    """
    kept: list[Row] = []
    amount = 0
    for batch in _batches(rows):
        for row, size in zip(batch, _sizes(batch, request), strict=True):
            if amount < request.amount:
                kept.append(row)
                amount += size
        context.progress(min(amount, request.amount), request.amount)
        if amount >= request.amount:
            return _table(kept, reading.wanted)
    raise UserError(
        f"{whence} has {len(kept):,} rows{reading.told()} of {amount:,} {request.unit} in all, and "
        f"{request.amount:,} are asked for; name one with more, or lower the budget."
    )


def _string_or_none(record: Mapping[str, Any], name: str | None, where: str) -> str | None:
    if name is None or record[name] is None:
        return None
    return string_field(record, name, where)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    coming = iter(rows)
    while batch := list(islice(coming, _AT_ONCE)):
        yield batch


def _sizes(rows: list[Row], request: GenerationRequest) -> list[int]:
    """Return how much each row counts: in tokens, with the one that ends a row."""
    if request.unit == "rows":
        return [1] * len(rows)
    lengths = request.model.tokens(pa.table({"text": [row.text for row in rows]})).lengths
    return [int(length) + 1 for length in lengths]


def _table(rows: list[Row], wanted: ColumnsParameters) -> pa.Table:
    """Return rows with those columns that the parameters name."""
    there = {
        "text": True,
        "prompt": wanted.prompt,
        "model": wanted.model,
        "provenance": wanted.keep,
    }
    return pa.table(
        {
            name: pa.array([getattr(row, name) for row in rows], pa.string())
            for name, named in there.items()
            if named
        }
    )
