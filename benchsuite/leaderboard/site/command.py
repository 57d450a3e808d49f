"""The command that makes an entry's run again, and the documents that it needs."""

from __future__ import annotations

import re

from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.site.brought import regime_of
from benchsuite.leaderboard.site.shown import Shown
from benchsuite.records.record import RegimeEntry

_FILE = re.compile(r"(?<=--regime[ =])('[^']*\.ya?ml'|\S+\.ya?ml)(?!\S)")
"""A regime that a command reads from a file."""


def documents(entry: Entry, shown: Shown) -> dict[str, RegimeEntry]:
    """Return the regimes that are the entry's own, by the names of the files that hold them.

    These are the regime entered and, where it is not compared with the board's, its control.
    """
    anchors = {shown.board.document.control, shown.board.document.blind}
    return {
        "regime.yaml" if regime.name == regime_of(entry) else "control.yaml": regime
        for regime in entry.run.record.regimes
        if regime.name not in anchors
    }


def command(entry: Entry, own: dict[str, RegimeEntry]) -> str:
    """Return the command of the record, which takes the files `own` where it took files.

    Regimes stand in a record in the order in which a command names them.
    """
    said = entry.run.record.command
    if len(_FILE.findall(said)) != len(own):
        return said
    names = iter(own)
    return _FILE.sub(lambda _: next(names), said)
