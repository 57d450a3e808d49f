"""What maintainers verified of an entry: a document beside the entries, out of their reach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field

from benchsuite.leaderboard.files import Sha256, check_size, contents, sha256_of
from benchsuite.suites.documents import read, validate

if TYPE_CHECKING:
    from benchsuite.leaderboard.board import Board

Rule = Literal["bit for bit", "tolerance"]
"""How what counts must come out: equal, where source and machine are, else near."""

_OF_BOARD = (
    "board.yaml",
    "suite.yaml",
    "baselines/record.json",
    "baselines/measurements.parquet",
)


class Evidence(NamedTuple):
    """The SHA-256 of an entry's files, and of its board's, by their names."""

    files: dict[str, str]
    board_files: dict[str, str]


class Verified(BaseModel):
    """The document `verified/NAME.yaml`: one seed was trained again, and how near it came.

    `files` are the SHA-256 of all that the entry's folder held then, and `board_files` those of
    what it was compared with, so an entry that changed, or whose board did, is verified no more.
    `farthest` is in standard deviations between seeds.
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
    rule: Rule = Field(description="How what counts had to come out.")
    equal: int = Field(description="Those that came out bit for bit.")
    farthest: float | None = Field(description="Of those that count; None where all are equal.")
    files: dict[str, Sha256]
    board_files: dict[str, Sha256]


def is_verified(folder: Path, board: Board) -> bool:
    """Whether an entry, just as it lies there, was verified. Raises `UserError`."""
    path = place(board, folder.name)
    if not path.is_file():
        return False
    document = validate(Verified, read(path))
    return (document.entry, document.board) == (folder.name, board.name) and (
        (document.files, document.board_files) == evidence(folder, board)
    )


def evidence(folder: Path, board: Board) -> Evidence:
    """Return what an entry, and what it is compared with, are now. Raises `UserError`.

    Not the board's standing, which every new entry changes.
    """
    found = contents(folder)
    for path in found.values():
        check_size(path)
    of_board = {name: board.folder / name for name in _OF_BOARD}
    return Evidence(
        {name: sha256_of(path) for name, path in found.items()},
        {name: sha256_of(path) for name, path in of_board.items() if path.is_file()},
    )


def place(board: Board, name: str) -> Path:
    """Return where it stands that an entry is verified."""
    return board.folder / "verified" / f"{name}.yaml"


def write_verified(document: Verified, board: Board) -> Path:
    """Note that an entry is verified; return where."""
    path = place(board, document.entry)
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(document.model_dump(mode="json"), sort_keys=False))
    return path


def forget_verified(board: Board, name: str) -> Path | None:
    """Take back that an entry is verified; return where that stood, None where it did not."""
    path = place(board, name)
    if not path.is_file():
        return None
    path.unlink()
    return path
