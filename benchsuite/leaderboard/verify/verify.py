"""All checks of an entry, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from benchsuite.errors import UserError
from benchsuite.leaderboard.board import Board
from benchsuite.leaderboard.entry import Entry, read_entry
from benchsuite.leaderboard.files import plain
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.checks import CHECKS
from benchsuite.leaderboard.verify.finding import Check, Checked, Finding, error, note
from benchsuite.leaderboard.verify.rerun.outcome import Rerun

_MOST = 10
"""Findings of one check that are told; a damaged table has thousands."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Report(_Strict):
    """What came of checking an entry."""

    entry: str
    board: str
    state: Literal["verified", "self-reported"]
    verdict: Literal["passed", "flagged", "refused"]
    checks: list[Checked]
    rerun: Rerun | None = None


def verify(folder: Path, board: Board, others: Sequence[Entry]) -> tuple[Report, Case | None]:
    """Check the entry in a folder. Nothing of it is run. The case is None where it is none."""
    try:
        entry = read_entry(folder, board)
    except UserError as failure:
        found = Checked(check="reading", says=_READING, findings=[error(str(failure))])
        return report(plain(folder.name), board, [found], verified=False), None
    case = Case(board, entry, [other for other in others if other.name != entry.name])
    checks = [Checked(check="reading", says=_READING, findings=[])]
    with np.errstate(all="ignore"):  # numbers that overflow are differences like others
        checks += [
            Checked(check=check.name, says=check.says, findings=list(_found(check, case)))
            for check in CHECKS
        ]
    return report(entry.name, board, checks, verified=entry.verified), case


_READING = "Its documents and tables can be read, within bounds, and hold what they should."


def report(
    entry: str, board: Board, checks: list[Checked], *, verified: bool, rerun: Rerun | None = None
) -> Report:
    """Put a report together: the worst of all findings is its verdict."""
    levels = {finding.level for checked in checks for finding in checked.findings}
    refused = "error" in levels
    return Report(
        entry=entry,
        board=board.name,
        state="verified" if verified and not refused else "self-reported",
        verdict="refused" if refused else "flagged" if "flag" in levels else "passed",
        checks=checks,
        rerun=rerun,
    )


def _found(check: Check, case: Case) -> Iterator[Finding]:
    """Make a check; whatever an entry does to it, the others are made too."""
    found = check.find(case)
    try:
        yield from islice(found, _MOST)
        more = sum(1 for _ in found)
    except UserError as failure:
        yield error(str(failure))
    except Exception as failure:  # noqa: BLE001 (what is checked is hostile)
        yield error(f"the check cannot be made: {type(failure).__name__}: {failure}.")
    else:
        if more:
            yield note(f"and {more:,} more.")
