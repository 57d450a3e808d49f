"""The catalogue of evaluation sets and human corpora: what each file is and where it comes from."""

from __future__ import annotations

import hashlib
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import quote

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from benchsuite.data.published import Published, stays_below
from benchsuite.errors import UserError, nearest

_CATALOGUE = Path(__file__).with_name("catalogue.yaml")
_URL = "https://raw.githubusercontent.com/{repository}/{revision}/{path}"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataFile(_Entry):
    """A file of a set. Without `path` it is derived from what the repository holds."""

    file: str = Field(description="Path below the set's folder.")
    path: str | None = Field(None, description="Path in the repository, where the bytes are.")
    repository: str | None = Field(None, description="Repository, where it is not the set's.")
    revision: str | None = Field(None, description="Commit, where it is not the set's.")
    bytes: int = Field(ge=0, description="Size.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file.")


class DataSet(_Entry):
    """Files that belong together. `name` is their folder below the data root."""

    name: str = Field(description="Folder below the data root.")
    summary: str = Field(description="What it holds, in a sentence.")
    licence: str = Field(description="Under which terms it is published.")
    origin: str = Field(description="Who wrote the text.")
    repository: str = Field(description="GitHub repository, owner/name, that publishes it.")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$", description="Commit.")
    derived: str = Field("", description="How to make the files that have no path.")
    files: tuple[DataFile, ...] = Field(min_length=1, description="The files.")

    @model_validator(mode="after")
    def _is_whole(self) -> DataSet:
        names = [stays_below(f"{self.name}/{file.file}") for file in self.files]
        if len(set(names)) < len(names):
            raise ValueError("a file stands in it twice")
        if not self.derived and any(file.path is None for file in self.files):
            raise ValueError("a file has no path, and nothing says how it is derived")
        return self

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.bytes for file in self.files)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and digests of all files: what fixes the set."""
        lines = (f"{file.file}\0{file.sha256}\n" for file in self.files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @cached_property
    def published(self) -> dict[str, Published]:
        """The files by their path below the set's folder."""
        return {file.file: self._published(file) for file in self.files}

    def read(self, file: str) -> bytes:
        """Return the content of a file of the set, fetched if need be, verified.

        Raises `UserError` where it cannot be had.
        """
        return self.published[file].read()

    def _published(self, file: DataFile) -> Published:
        url = file.path and _URL.format(
            repository=file.repository or self.repository,
            revision=file.revision or self.revision,
            path=quote(file.path),
        )
        otherwise = f"from https://github.com/{self.repository} at {self.revision}: {self.derived}"
        name = f"{self.name}/{file.file}"
        return Published(name, file.sha256, url, file.bytes, "" if url else otherwise)


@cache
def catalogue() -> dict[str, DataSet]:
    """Return all sets by name."""
    entries = yaml.safe_load(_CATALOGUE.read_text(encoding="utf-8"))
    return {found.name: found for found in TypeAdapter(list[DataSet]).validate_python(entries)}


def dataset(name: str) -> DataSet:
    """Return a set by its name, or by the last part of it. Raises `UserError`."""
    known = catalogue()
    short = {full.rpartition("/")[2]: full for full in known}
    full = short.get(name, name)
    if full not in known:
        raise UserError(f"there is no data set {name}{nearest(name, known)}")
    return known[full]
