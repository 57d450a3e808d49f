"""One published file by its URL and SHA-256, from the data root or fetched once."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pydantic import Field, field_validator

from benchsuite.api import (
    DATA_ROOT,
    Context,
    Corpus,
    Parameters,
    Published,
    UserError,
    stays_below,
)
from benchsuite_corpora.documents import Fields, to_rows
from benchsuite_corpora.formats import READERS, read_text
from benchsuite_corpora.passages import PASSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from benchsuite_corpora.documents import Document


class FetchedParameters(Parameters):
    """Which file, where to find it, and what its records hold."""

    url: str = Field(pattern=r"^https?://[^\s/]+/\S+$", description="Where it is published.")
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file, in lower case: what fixes it."
    )
    file: str = Field(
        min_length=1, description=f"Where it lies below the folder that {DATA_ROOT} names."
    )
    label: str | None = Field(
        None, min_length=1, description="Domain of the text; by default the file's name."
    )
    text: str = Field("text", description="Field of JSONL or Parquet records that holds the text.")
    document: str | None = Field(
        None, description="Field that names the document; without one, each record is one."
    )
    passage_bytes: int = PASSAGE_BYTES

    @field_validator("file")
    @classmethod
    def _stays_below_the_root(cls, file: str) -> str:
        return stays_below(file)


class Fetched(Corpus[FetchedParameters]):
    """A text, JSONL or Parquet file that is fixed by its SHA-256.

    It is taken from the data root, the folder that the environment variable BENCHSUITE_DATA
    names, where `file` lies in it; else from the user's cache; else it is fetched from `url`
    into that cache, once. Its bytes are compared with `sha256` wherever they come from. What
    its content becomes is told by its suffix, as in `corpora/files`: a text is cut into
    documents of about 8 KiB, a record is a document.
    """

    parameters_type = FetchedParameters

    def fingerprint(self) -> str:
        """Return the SHA-256, which fixes the content."""
        return self.parameters.sha256

    def rows(self, context: Context) -> pa.Table:
        """Return the passages. Raises `UserError`, also where there is no network."""
        wanted = self.parameters
        path = Published(wanted.file, wanted.sha256, wanted.url).locate()
        rows = to_rows(self._documents(path), wanted.passage_bytes)
        if not rows:
            raise UserError(f"{wanted.file} has no text; name another corpus.")
        return rows

    def _documents(self, path: Path) -> Iterator[Document]:
        wanted = self.parameters
        name = PurePosixPath(wanted.file)
        reader = READERS.get(name.suffix.lower(), read_text)
        for document in reader(path, name.name, Fields(wanted.text, document=wanted.document)):
            yield document._replace(domain=wanted.label) if wanted.label else document
