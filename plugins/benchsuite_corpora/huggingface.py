"""A Hugging Face dataset by id and revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, field_validator

from benchsuite.api import Context, Corpus, HubDataset, Parameters, UserError, pinned
from benchsuite_corpora.documents import Document, Fields, to_rows
from benchsuite_corpora.passages import PASSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from datasets import Dataset

_WITHOUT = "to go without the hub, use corpora/files with --set corpus.path=FILE"


class HuggingFaceParameters(Parameters):
    """Which records of which dataset, and what they hold."""

    dataset: str = Field(min_length=1, description="Id on the hub, as in `owner/name`.")
    revision: str = Field(
        min_length=1, description="Commit (40 hexadecimal digits) or tag: what fixes the content."
    )
    config: str | None = Field(None, description="Configuration, where the dataset has several.")
    split: str = Field("train", description="The dataset's own split to take records from.")
    text: str = Field("text", description="Column that holds the text.")
    domain: str | None = Field(
        None, description="Column that names the domain; without one, the dataset's id."
    )
    limit: int | None = Field(None, ge=1, description="Take only the first so many records.")
    passage_bytes: int = PASSAGE_BYTES

    @field_validator("revision")
    @classmethod
    def _fixed(cls, revision: str) -> str:
        return pinned(revision)


class HuggingFace(Corpus[HuggingFaceParameters]):
    """Records of a dataset, each a document. No code of the dataset is ever run."""

    parameters_type = HuggingFaceParameters

    def fingerprint(self) -> str:
        """Return the parameters: the revision fixes the content."""
        return self.parameters.model_dump_json()

    def rows(self, context: Context) -> pa.Table:
        """Return the passages of the records. Progress counts records. Raises `UserError`."""
        wanted = self.parameters
        dataset = HubDataset(
            wanted.dataset, wanted.revision, wanted.config, wanted.split, _WITHOUT
        ).open()
        fields = Fields(wanted.text, wanted.domain)
        fields.check(dataset.column_names, wanted.dataset)
        total = len(dataset) if wanted.limit is None else min(wanted.limit, len(dataset))
        records = dataset.select_columns(fields.names).select(range(total))
        rows = to_rows(self._documents(records, fields, context), wanted.passage_bytes)
        if not rows:
            raise UserError(f"{wanted.dataset} has no text in {wanted.text!r}; set corpus.text.")
        return rows

    def _documents(self, records: Dataset, fields: Fields, context: Context) -> Iterator[Document]:
        name = self.parameters.dataset
        for number, record in enumerate(records, 1):
            yield fields.read(record, f"{name}:{number}", name)
            context.progress(number, len(records))
