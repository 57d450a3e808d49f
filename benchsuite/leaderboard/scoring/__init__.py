"""Scores and ranks of a board's entries, from raw measurements alone."""

from __future__ import annotations

from collections.abc import Sequence

from benchsuite.errors import UserError
from benchsuite.leaderboard.board import Board
from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.scoring import version_1
from benchsuite.leaderboard.standing import Standing

VERSIONS = {1: version_1.stand}
"""What each version of the scoring does. One that a board was published with never changes."""


def stand(board: Board, entries: Sequence[Entry], version: int | None = None) -> Standing:
    """Score and rank entries, by default with the version that the board names.

    Raises `UserError` for an unknown version.
    """
    wanted = board.document.scoring.version if version is None else version
    if wanted not in VERSIONS:
        where = (
            f"{board.folder / 'board.yaml'}: scoring.version" if version is None else "--version"
        )
        known = ", ".join(map(str, VERSIONS))
        raise UserError(f"{where}: there is no scoring version {wanted}; there is {known}.")
    return VERSIONS[wanted](board, entries)
