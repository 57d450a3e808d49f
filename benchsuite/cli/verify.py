"""`benchsuite verify`: entries of boards, checked and, if asked for, trained again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchsuite.cli.options import data_root_option
from benchsuite.errors import UserError

if TYPE_CHECKING:
    from benchsuite.leaderboard.board import Board
    from benchsuite.leaderboard.verify.case import Case
    from benchsuite.leaderboard.verify.rerun.outcome import Rerun
    from benchsuite.leaderboard.verify.verify import Report


@click.command()
@click.argument(
    "entries",
    metavar="ENTRY...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option(
    "--boards",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Check against the boards there, not those that the entries lie in.",
)
@click.option("--rerun", type=int, metavar="SEED", help="Train this seed again and compare.")
@click.option("--trust-plugin", is_flag=True, help="Do not ask before an entry's code is run.")
@click.option("--without-isolation", is_flag=True, help="Rerun with network, if it must be.")
@click.option("--write", is_flag=True, help="Note an entry as verified, where its seed came again.")
@click.option("--strict", is_flag=True, help="Exit with 1 where something is flagged, too.")
@click.option("--json", "as_json", is_flag=True, help="Print reports as JSON.")
@data_root_option
def verify(
    entries: Sequence[Path],
    boards: Path | None,
    rerun: int | None,
    *,
    trust_plugin: bool,
    without_isolation: bool,
    write: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Check each ENTRY, a folder such as leaderboards/nano/v1/entries/NAME.

    Nothing of an entry is run, but for --rerun. Exit code: 0 where none is refused, 1 where one
    is, 2 where it cannot be told.
    """
    from benchsuite.cli.findings import print_report
    from benchsuite.leaderboard.board import read_board
    from benchsuite.leaderboard.entry import Entry, read_entries
    from benchsuite.leaderboard.verify.verify import verify as check

    if write and rerun is None:
        raise UserError("--write: an entry is verified by training again; add --rerun SEED.")
    known: dict[Path, tuple[Board, list[Entry]]] = {}
    reports = []
    for given in entries:
        folder = Path(os.path.abspath(given))  # noqa: PTH100 (links are refused, not followed)
        place = _board(folder, boards)
        if place not in known:
            board = read_board(place)
            known[place] = board, read_entries(board)[0]
        board, others = known[place]
        report, case = check(folder, board, others)
        if rerun is not None and case is not None and report.verdict == "refused":
            click.echo(f"{report.entry} is refused, so it is not trained again.", err=True)
        elif rerun is not None and case is not None:
            _consent(case, trusted=trust_plugin)
            again = _again(case, rerun, without_isolation=without_isolation, quiet=as_json)
            report = _with_rerun(report, case, again, write=write)
        reports.append(report)
        if not as_json:
            print_report(report, briefly=len(entries) > 1)
    if as_json:
        click.echo(json.dumps([report.model_dump(mode="json") for report in reports], indent=2))
    bad = {"refused", "flagged"} if strict else {"refused"}
    sys.exit(1 if any(report.verdict in bad for report in reports) else 0)


def _board(folder: Path, boards: Path | None) -> Path:
    """Return the folder of the board that an entry lies in, or its like among other boards."""
    if not folder.is_dir():
        raise UserError(
            f"there is no folder {folder}; give that of an entry, such as "
            "leaderboards/nano/v1/entries/NAME."
        )
    own = folder.parent.parent
    return own if boards is None else boards / own.parent.name / own.name


def _consent(case: Case, *, trusted: bool) -> None:
    """Ask before code of an entry is installed and run. Raises `UserError` for a no."""
    from benchsuite.leaderboard.files import plain
    from benchsuite.leaderboard.verify.rerun.plugin import in_words

    code = in_words(case.entry)
    if code is None or trusted:
        return
    question = (
        f"The rerun of {case.entry.name} installs and runs code of the entry's own: {plain(code)}. "
        "It runs as you, without network, and can read your files. Have you read it, and run it?"
    )
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        agreed = False
    if not agreed:
        raise UserError(
            f"{case.entry.name} is not trained again: it brings code; read it, then answer yes or "
            "give --trust-plugin."
        )


def _again(case: Case, seed: int, *, without_isolation: bool, quiet: bool) -> Rerun:
    from benchsuite.leaderboard.verify.rerun.again import train_again

    def tell(line: str) -> None:
        if not quiet:
            click.echo(f"  {line}", err=True)

    if not quiet:
        click.echo(f"Training seed {seed} of {case.entry.name} again.", err=True)
    return train_again(case, seed, tell, without_isolation=without_isolation)


def _with_rerun(report: Report, case: Case, rerun: Rerun, *, write: bool) -> Report:
    """Add what training again came to; note the entry as verified, where it came again."""
    from benchsuite.leaderboard.verify.rerun.outcome import checked
    from benchsuite.leaderboard.verify.verify import report as put_together

    verified = case.entry.verified
    if write and rerun.same:
        _write(case, rerun)
        verified = True
    checks = [*report.checks, checked(rerun)]
    return put_together(report.entry, case.board, checks, verified=verified, rerun=rerun)


def _write(case: Case, rerun: Rerun) -> None:
    from benchsuite.leaderboard.verified import Verified, digests, write_verified

    told = {"seed", "benchsuite", "source", "machine", "compared", "equal", "farthest"}
    document = Verified(
        entry=case.entry.name,
        board=case.board.name,
        date=datetime.now(UTC).date().isoformat(),
        files=digests(case.entry.folder),
        **rerun.model_dump(include=told),
    )
    path = write_verified(document, case.board)
    click.echo(f"Noted in {path}.", err=True)
