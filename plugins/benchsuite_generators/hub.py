"""Rows of a Hugging Face dataset, such as one of text that models wrote."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from pydantic import Field, field_validator

from benchsuite.api import (
    Context,
    GenerationRequest,
    Generator,
    HubDataset,
    check_fields,
    pinned,
)
from benchsuite_generators.made_elsewhere import ColumnsParameters, Reading, Row, taken

_WITHOUT = "to go without the hub, use generators/file with a file of the rows"


class HubParameters(ColumnsParameters):
    """Which records of which dataset, and what they hold."""

    dataset: str = Field(min_length=1, description="Id on the hub, as in `owner/name`.")
    revision: str = Field(
        min_length=1, description="Commit (40 hexadecimal digits) or tag: what fixes the content."
    )
    config: str | None = Field(None, description="Configuration, where the dataset has several.")
    split: str = Field("train", description="The dataset's own split to take records from.")
    buffer: int = Field(
        10_000, ge=1, description="Records that are held, and drawn from, at a time."
    )

    @field_validator("revision")
    @classmethod
    def _fixed(cls, revision: str) -> str:
        return pinned(revision)


class Hub(Generator[HubParameters]):
    """Rows of a dataset, whoever made them, such as Cosmopedia; the current model writes none.

    They are streamed, so that no more is read than it takes: the dataset's files in random
    order, and in them records in random order from a buffer of `buffer` records, by the seed;
    none is drawn twice. Rows near each other in the dataset are therefore likelier to be drawn
    together. Records whose text is empty or too long are left out. Rows have the column `text`
    and, where parameters name them, `prompt`, `model` and `provenance`, a JSON object of what
    is kept. No code of the dataset is ever run.
    """

    parameters_type = HubParameters
    uses_model = False

    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Return rows that hold `request.amount`. Raises `UserError`."""
        wanted, reading = self.parameters, Reading(self.parameters)
        dataset = HubDataset(wanted.dataset, wanted.revision, wanted.config, wanted.split, _WITHOUT)
        rows = self._rows(dataset, reading, context.seed)
        return taken(rows, request, context, f"dataset {wanted.dataset}", reading)

    def _rows(self, dataset: HubDataset, reading: Reading, seed: int) -> Iterator[Row]:
        wanted = self.parameters
        with dataset.read():
            records = dataset.open(streaming=True)
            if records.column_names is not None:
                check_fields(records.column_names, wanted.columns, dataset.name)
            shuffled = records.shuffle(seed=seed, buffer_size=wanted.buffer)
            for number, record in enumerate(shuffled, 1):
                where = f"{dataset.name}, record {number:,} drawn"
                check_fields(list(record), wanted.columns, where)
                row = reading.row(record, where)
                if row is not None:
                    yield row
