"""One published file by its URL and SHA-256, from the data root or fetched once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pydantic import Field, field_validator

from benchsuite.api import Context, Corpus, Parameters, UserError
from benchsuite_corpora.documents import Fields, to_rows
from benchsuite_corpora.formats import READERS, read_text
from benchsuite_corpora.passages import PASSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from benchsuite_corpora.documents import Document

DATA_ROOT = "BENCHSUITE_DATA"
"""The environment variable that names the data root."""


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
        parts = file.split("/")
        if "\\" in file or ":" in file or any(part in {"", ".", ".."} for part in parts):
            raise ValueError("a path below the data root has names and single slashes alone")
        return file


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
        rows = to_rows(self._documents(self._path()), self.parameters.passage_bytes)
        if not rows:
            raise UserError(f"{self.parameters.file} has no text; name another corpus.")
        return rows

    def _documents(self, path: Path) -> Iterator[Document]:
        wanted = self.parameters
        name = PurePosixPath(wanted.file)
        reader = READERS.get(name.suffix.lower(), read_text)
        for document in reader(path, name.name, Fields(wanted.text, document=wanted.document)):
            yield document._replace(domain=wanted.label) if wanted.label else document

    def _path(self) -> Path:
        wanted, root = self.parameters, os.environ.get(DATA_ROOT)
        if root and _is_there(path := Path(root, wanted.file), wanted.sha256):
            return path
        return self._cached(
            f"put the file at {wanted.file} below the folder that {DATA_ROOT} names"
        )

    def _cached(self, without: str) -> Path:
        """Return the file in the user's cache, fetched if it is not there."""
        import platformdirs
        import pooch

        wanted = self.parameters
        pooch.get_logger().setLevel("ERROR")  # what it has to say is said here
        folder = platformdirs.user_cache_path("benchsuite") / "fetched" / wanted.sha256
        try:
            fetched = pooch.retrieve(
                wanted.url,
                known_hash=f"sha256:{wanted.sha256}",
                fname=PurePosixPath(wanted.file).name,
                path=folder,
            )
        except ValueError as failure:
            raise UserError(
                f"what {wanted.url} gives has not the SHA-256 {wanted.sha256} of corpus.sha256; "
                f"{without}, or mend url and sha256."
            ) from failure
        except OSError as failure:
            raise UserError(
                f"{wanted.url} cannot be fetched ({_reason(failure)}); to go without a network, "
                f"{without}, or use a text of your own with --set corpus.path=FILE."
            ) from failure
        return Path(fetched)


def _is_there(path: Path, sha256: str) -> bool:
    """Say whether there is such a file. Raises `UserError` if it is another one."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as failure:
        raise UserError(f"{path} cannot be read: {failure.strerror}.") from failure
    if found != sha256:
        raise UserError(
            f"{path} has the SHA-256 {found}, not {sha256} as corpus.sha256 says; "
            "put the published file there, or remove it to have it fetched."
        )
    return True


def _reason(failure: OSError) -> str:
    """Say why, in a few words: requests writes whole paragraphs."""
    response = getattr(failure, "response", None)
    if response is not None:
        response.close()  # pooch leaves the connection open
        return f"{response.status_code} {response.reason}"
    return failure.strerror or type(failure).__name__
