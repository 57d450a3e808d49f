"""What maintainers verified of an entry: a document beside the entries, out of their reach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict, Field

from benchsuite.leaderboard.files import Sha256, check_size, contents, sha256_of
from benchsuite.suites.documents import read, validate

if TYPE_CHECKING:
    from benchsuite.leaderboard.board import Board


class Verified(BaseModel):
    """The document `verified/NAME.yaml`: one seed was trained again, and how near it came.

    `files` are the SHA-256 of all that the entry's folder held then, so a changed entry is
    verified no more. `farthest` is in standard deviations between seeds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    entry: str
    board: str
    seed: int
    date: str = Field(description="UTC, ISO 8601.")
    benchsuite: str = Field(description="Version that trained it again.")
    source: str | None = Field(description="SHA-256 of that version's source.")
    machine: str = Field(description="What it ran on.")
    compared: int = Field(description="Values compared.")
    equal: int = Field(description="Those that came out bit for bit.")
    farthest: float | None = Field(description="Of those that count; None where all are equal.")
    files: dict[str, Sha256]


def is_verified(folder: Path, board: Board) -> bool:
    """Whether an entry, just as it lies there, was verified. Raises `UserError`."""
    path = place(board, folder.name)
    if not path.is_file():
        return False
    document = validate(Verified, read(path))
    return (document.entry, document.board) == (folder.name, board.name) and (
        document.files == digests(folder)
    )


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of all files of an entry by their names. Raises `UserError`."""
    found = contents(folder)
    for path in found.values():
        check_size(path)
    return {name: sha256_of(path) for name, path in found.items()}


def place(board: Board, name: str) -> Path:
    """Return where it stands that an entry is verified."""
    return board.folder / "verified" / f"{name}.yaml"


def write_verified(document: Verified, board: Board) -> Path:
    """Note that an entry is verified; return where."""
    path = place(board, document.entry)
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(document.model_dump(mode="json"), sort_keys=False))
    return path
