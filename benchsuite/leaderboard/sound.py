"""The entries that a board ranks and shows: those that no check refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchsuite.errors import UserError
from benchsuite.leaderboard.board import Board
from benchsuite.leaderboard.entry import Entry, Refusal, read_entries
from benchsuite.leaderboard.files import in_words, plain
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.checks.complete import complete
from benchsuite.leaderboard.verify.checks.components import components
from benchsuite.leaderboard.verify.checks.environment import environment
from benchsuite.leaderboard.verify.checks.files import files
from benchsuite.leaderboard.verify.checks.metrics import metrics
from benchsuite.leaderboard.verify.checks.plugin import plugin
from benchsuite.leaderboard.verify.checks.regimes import regimes
from benchsuite.leaderboard.verify.checks.samples import samples
from benchsuite.leaderboard.verify.checks.suite import suite
from benchsuite.leaderboard.verify.checks.words import words
from benchsuite.leaderboard.verify.rows import by_place

if TYPE_CHECKING:
    from benchsuite.leaderboard.verify.finding import Check

CHECKS: tuple[Check, ...] = (
    files,
    plugin,
    words,
    samples,
    suite,
    regimes,
    components,
    environment,
    metrics,
    complete,
)
"""The checks that refuse and are quick: of 1,000 entries they take some eight seconds.

`measurements`, `contamination`, `costs` and `aggregates` look at each row and would take five
times as long; they are made when an entry is handed in. The others raise flags alone.
"""


def sound_entries(board: Board) -> tuple[list[Entry], list[Refusal]]:
    """Read all entries of a board, in order of their names; what is not sound is refused alone.

    An entry is not held against others: two of one title would refuse each other.
    """
    entries, refusals = read_entries(board)
    sound = []
    frozen_rows = by_place(board.baselines)
    for entry in entries:
        case = Case(board, entry)
        vars(case)["frozen_rows"] = frozen_rows  # a cached property, the same for all
        reason = refused(case)
        if reason is None:
            sound.append(entry)
        else:
            refusals.append(Refusal(entry.folder, f"{plain(str(entry.folder))}: {reason}"))
    return sound, sorted(refusals, key=lambda refusal: refusal.folder)


def refused(case: Case) -> str | None:
    """Return the first reason for which a check refuses an entry; None where none does."""
    for check in CHECKS:
        try:
            for finding in check.find(case):
                if finding.level == "error":
                    return finding.message
        except UserError as failure:
            return plain(str(failure))
        except Exception as failure:  # noqa: BLE001 (what is checked is hostile)
            return plain(f"the check {check.name} cannot be made: {in_words(failure)}")
    return None
