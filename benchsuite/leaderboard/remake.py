"""A whole board made again: the documents of its runs, and what its entries say of themselves."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from benchsuite.errors import UserError
from benchsuite.leaderboard.board import Board
from benchsuite.leaderboard.entry import FILES, Entry
from benchsuite.leaderboard.submit import Claim
from benchsuite.suites.resolve import Changes


def changes(board: Board, entries: list[Entry], folder: Path) -> dict[str, Changes]:
    """Return what each entry's run changes in the board's suite, by the entry's name.

    Regimes are those of the entries' records; their documents are written into `folder`. Raises
    `UserError` for entries that bring code or change the suite: these are `verify --rerun`'s.
    """
    found = {}
    for entry in entries:
        if entry.document.plugin is not None or entry.document.differs:
            raise UserError(
                f"{entry.name} brings code of its own or changes the suite; "
                f"make it again with `benchsuite verify {entry.folder} --rerun SEED`."
            )
        regimes = {regime.name: regime for regime in entry.run.record.regimes}
        own = regimes[entry.document.regime]
        control = own.document.get("control")
        if control is not None and control not in regimes:
            raise UserError(
                f"{entry.folder / 'record.json'}: regimes: {own.name} is compared with a control "
                "that was not run beside it."
            )
        asked = []
        for regime in [regimes[name] for name in (control, own.name) if name is not None]:
            path = folder / f"{regime.name}.yaml"  # a name that the record's schema checked
            text = yaml.safe_dump(regime.document, sort_keys=False, allow_unicode=True)
            path.write_text(text, encoding="utf-8")
            asked.append(str(path))
        found[entry.name] = Changes((board.document.blind, *dict.fromkeys(asked)))
    return found


def everything(board: Board, runs: dict[str, Changes]) -> Changes:
    """Return the change that runs all entries' regimes at once, each of them once."""
    regimes = [regime for run in runs.values() for regime in run.regimes]
    return Changes(tuple(dict.fromkeys([board.document.blind, *regimes])))


def put_baselines(directory: Path, board: Path) -> None:
    """Put the run of the baselines where the board keeps it."""
    (board / "baselines").mkdir(exist_ok=True)
    for name in FILES:
        shutil.copyfile(directory / name, board / "baselines" / name)


def claim(entry: Entry, submitted: str) -> Claim:
    """Return what an entry says of itself, for the same to be said again."""
    said = entry.document
    return Claim(entry.name, said.title, tuple(said.authors), said.claims, submitted)
