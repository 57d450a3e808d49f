"""Rows from a file that was made elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
from pydantic import Field, field_validator

from benchsuite.api import (
    Context,
    GenerationRequest,
    Generator,
    UserError,
    read_records,
    record_format,
)
from benchsuite_generators.made_elsewhere import ColumnsParameters, Reading, Row, taken

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_MIB = 2**20


class FileParameters(ColumnsParameters):
    """Which file, how it is written, and what its records hold."""

    path: str = Field(
        min_length=1, description="A local path, or a URL that fsspec opens (s3://, https://)."
    )
    format: Literal["jsonl", "csv", "parquet"] | None = Field(
        None, description="How it is written; by default what its suffix says."
    )
    most_mib: int = Field(
        2048, ge=1, description="MiB that the file, and the text in it, may have at most."
    )

    @field_validator("path")
    @classmethod
    def _holds_no_secret(cls, path: str) -> str:
        try:
            secret = "://" in path and "@" in urlsplit(path).netloc
        except ValueError as failure:
            raise ValueError("write a path, or a URL") from failure
        if secret:
            raise ValueError("a URL with a user or a key would stand in records; leave them out")
        return path


class File(Generator[FileParameters]):
    """Rows of a JSONL, CSV or Parquet file, whoever made them; the current model writes none.

    They are drawn in random order by the seed, none twice, until there is enough. Records
    whose text is empty or too long are left out. Rows have the column `text` and, where
    parameters name them, `prompt`, `model` and `provenance`, a JSON object of what is kept.
    """

    parameters_type = FileParameters
    uses_model = False

    def fingerprint(self) -> str:
        """Return the SHA-256 of a local file; of one elsewhere, what its file system goes by."""
        with self._readable():
            system, path = self._open_system()
            local = _local(system, path)
            if local is None:
                return str(system.ukey(path))
            status = local.stat()
            return _content(local, status.st_size, status.st_mtime_ns, status.st_ino)

    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Return rows that hold `request.amount`. Raises `UserError`."""
        reading = Reading(self.parameters)
        rows = list(self._rows(reading))
        order = np.random.default_rng(context.seed).permutation(len(rows))
        drawn = (rows[place] for place in order)
        return taken(drawn, request, context, self.parameters.path, reading)

    def _rows(self, reading: Reading) -> Iterator[Row]:
        wanted, most = self.parameters, self.parameters.most_mib * _MIB
        with self._readable():
            system, path = self._open_system()
            if (size := system.size(path)) is not None and size > most:
                raise self._too_large()
            name, held = path.rpartition("/")[2], 0
            with system.open(path, "rb") as file:
                for where, record in read_records(file, name, self._suffix(name), wanted.columns):
                    row = reading.row(record, where)
                    if row is not None:
                        held += sum(len(part.encode()) for part in row if part)
                        yield row
                    if held > most:
                        raise self._too_large()

    def _suffix(self, name: str) -> str:
        if self.parameters.format:
            return f".{self.parameters.format}"
        suffix = record_format(name)
        if suffix is None:
            raise UserError(
                f"{self.parameters.path} does not end in .jsonl, .csv or .parquet; say its format."
            )
        return suffix

    def _open_system(self) -> tuple[AbstractFileSystem, str]:
        from fsspec.core import url_to_fs

        path = self.parameters.path
        system, inside = url_to_fs(path if "://" in path else str(Path(path).expanduser()))
        if not system.isfile(inside):
            raise UserError(f"{path} is no file; set path to one.")
        return system, inside

    def _too_large(self) -> UserError:
        wanted = self.parameters
        return UserError(
            f"{wanted.path} holds more than {wanted.most_mib:,} MiB; raise most_mib, or name a "
            "smaller file."
        )

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except UserError:
            raise
        except Exception as failure:  # file systems of fsspec raise errors of their own
            reason = str(failure).partition("\n")[0].rstrip(".") or type(failure).__name__
            raise UserError(f"{self.parameters.path} cannot be read: {reason}.") from failure


def _local(system: AbstractFileSystem, path: str) -> Path | None:
    from fsspec.implementations.local import LocalFileSystem

    return Path(path) if isinstance(system, LocalFileSystem) else None


@lru_cache(maxsize=64)
def _content(path: Path, size: int, changed: int, place: int) -> str:  # noqa: ARG001
    """Return the digest of a file's content, read once a process as long as it seems the same."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
