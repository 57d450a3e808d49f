"""An entry: who handed in what, and the run behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from benchsuite.errors import UserError
from benchsuite.leaderboard.board import Board, Name
from benchsuite.leaderboard.files import Sha256, check_size, in_words, plain
from benchsuite.leaderboard.run import Run, read_run
from benchsuite.leaderboard.verified import is_verified
from benchsuite.suites.documents import read, validate
from benchsuite.suites.regime import Division

FILES = ("record.json", "measurements.parquet")
"""Files that an entry must bring, and name, beside `entry.yaml`."""

FileName = Annotated[
    str,
    Field(
        max_length=200,
        pattern=r"^(record\.json|(measurements|samples)\.parquet|cards/[A-Za-z0-9][A-Za-z0-9._-]*)$",
    ),
]
"""Files that an entry may bring, but for those of its plugin."""

_LARGEST_DOCUMENT = 64 << 10


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Plugin(_Strict):
    """Code of the entry's own: `source`, a folder of the entry with its digest, or a requirement.

    A requirement is pinned, as pip reads it: `name==version`.
    """

    source: Literal["plugin"] | None = None
    sha256: Sha256 | None = None
    requirement: str | None = Field(
        default=None, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._\[\],-]*==[A-Za-z0-9.+!-]+$"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Plugin:
        if (self.source is None) == (self.requirement is None):
            raise ValueError("a plugin is either source or a requirement, name==version")
        if (self.source is None) != (self.sha256 is None):
            raise ValueError("source and its sha256 go together")
        return self


class EntryDocument(_Strict):
    """The document `entry.yaml`. `files` are the SHA-256 of the entry's files by their names."""

    entry: Name
    board: Name
    version: int = Field(ge=1)
    title: str = Field(min_length=1, max_length=200)
    authors: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        min_length=1, max_length=100
    )
    claims: str = Field(max_length=4000, description="What the entry is said to show.")
    regime: Name
    division: Division
    differs: list[Annotated[str, Field(max_length=200)]] = Field(
        default=[], max_length=100, description="Keys of the suite that differ; open division only."
    )
    plugin: Plugin | None = None
    files: dict[FileName, Sha256] = Field(max_length=100)
    submitted: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")

    @model_validator(mode="after")
    def _says_what_differs(self) -> EntryDocument:
        if self.division == "closed" and self.differs:
            raise ValueError(
                "in the closed division nothing differs but generator, graders, regime"
            )
        return self


@dataclass(frozen=True)
class Entry:
    """An entry that could be read; whether it is true is for `verify` to say."""

    folder: Path
    document: EntryDocument
    run: Run
    verified: bool = False

    @property
    def name(self) -> str:
        """Its name, which is its folder's."""
        return self.document.entry


@dataclass(frozen=True)
class Refusal:
    """A folder that is no entry, and why, in a sentence."""

    folder: Path
    reason: str


def read_entry(folder: Path, board: Board) -> Entry:
    """Read an entry of a board. Raises `UserError` in one sentence that is fit to be shown."""
    try:
        return _read(folder, board)
    except UserError as failure:
        raise UserError(plain(str(failure))) from failure
    except OSError as failure:
        raise UserError(plain(f"{folder}: cannot be read: {failure.strerror}.")) from failure
    except Exception as failure:  # whatever it does to a reader, it is refused alone
        raise UserError(plain(f"{folder}: cannot be read: {in_words(failure)}")) from failure


def _read(folder: Path, board: Board) -> Entry:
    path = folder / "entry.yaml"
    if folder.is_symlink():
        raise UserError(f"{folder}: is a link, and an entry is a folder.")
    check_size(path, _LARGEST_DOCUMENT)
    document = validate(EntryDocument, read(path))
    if document.entry != folder.name:
        raise UserError(f"{path}: entry: it is called {document.entry}, its folder {folder.name}.")
    if (document.board, document.version) != (board.document.board, board.document.version):
        raise UserError(
            f"{path}: board: it is for {document.board}/v{document.version}, not {board.name}."
        )
    run = read_run(folder)
    if document.regime not in {regime.name for regime in run.record.regimes}:
        raise UserError(f"{path}: regime: the record has no regime {document.regime}.")
    return Entry(folder, document, run, is_verified(folder, board))


def read_entries(board: Board) -> tuple[list[Entry], list[Refusal]]:
    """Read all entries of a board, in order of their names; what is none is refused alone."""
    entries, refusals = [], []
    for folder in _folders(board):
        try:
            entries.append(read_entry(folder, board))
        except UserError as failure:
            refusals.append(Refusal(folder, str(failure)))
    return entries, refusals


def _folders(board: Board) -> Iterator[Path]:
    if board.entries.is_dir():
        yield from sorted(path for path in board.entries.iterdir() if not path.name.startswith("."))
