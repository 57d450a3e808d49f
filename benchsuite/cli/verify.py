"""`benchsuite verify`: entries of boards, checked and, if asked for, trained again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import choice
from typing import TYPE_CHECKING

import click

from benchsuite.cli.options import data_root_option
from benchsuite.errors import UserError

if TYPE_CHECKING:
    from benchsuite.leaderboard.board import Board
    from benchsuite.leaderboard.verified import Evidence
    from benchsuite.leaderboard.verify.case import Case
    from benchsuite.leaderboard.verify.rerun.outcome import Rerun
    from benchsuite.leaderboard.verify.verify import Report


def _seed(_: click.Context, __: click.Parameter, value: str | None) -> int | str | None:
    """Read a seed; `random` stays, as it is drawn when it is needed: nobody can foresee it."""
    if value is None or value == "random":
        return value
    try:
        return int(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no seed; give a number, or random.") from None


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
@click.option(
    "--rerun",
    callback=_seed,
    metavar="SEED|random",
    help="Train this seed again, or one drawn here, and compare.",
)
@click.option("--trust-plugin", is_flag=True, help="Do not ask before an entry's code is run.")
@click.option("--without-isolation", is_flag=True, help="Rerun with network, if it must be.")
@click.option("--write", is_flag=True, help="Note an entry as verified, where its seed came again.")
@click.option("--strict", is_flag=True, help="Exit with 1 where something is flagged, too.")
@click.option("--annotate", is_flag=True, help="Print findings as annotations of GitHub.")
@click.option("--json", "as_json", is_flag=True, help="Print reports as JSON.")
@data_root_option
def verify(
    entries: Sequence[Path],
    boards: Path | None,
    rerun: int | str | None,
    *,
    trust_plugin: bool,
    without_isolation: bool,
    write: bool,
    strict: bool,
    annotate: bool,
    as_json: bool,
) -> None:
    """Check each ENTRY, a folder such as leaderboards/nano/v1/entries/NAME.

    Nothing of an entry is run, but for --rerun. Exit code: 0 where none is refused, 1 where one
    is, 2 where it cannot be told.
    """
    from benchsuite.cli.findings import print_annotations, print_report
    from benchsuite.leaderboard.board import read_board
    from benchsuite.leaderboard.entry import Entry, read_entries
    from benchsuite.leaderboard.verify.verify import verify as check

    if write and rerun is None:
        raise UserError("--write: an entry is verified by training again; add --rerun random.")
    show = print_annotations if annotate else partial(print_report, briefly=len(entries) > 1)
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
        if rerun is not None and report.verdict == "refused":
            click.echo(f"{report.entry} is refused, so it is not trained again.", err=True)
        elif rerun is not None and case is not None:
            _consent(case, trusted=trust_plugin)
            seed = rerun if isinstance(rerun, int) else choice(case.frozen.seeds)
            again = partial(_again, without_isolation=without_isolation, quiet=as_json)
            report = _with_rerun(report, case, partial(again, case, seed), write=write)
        if write and report.verdict == "refused":
            _forget(board, folder.name)
        reports.append(report)
        if not as_json:
            show(report)
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


def _with_rerun(report: Report, case: Case, again: Callable[[], Rerun], *, write: bool) -> Report:
    """Train again, and add what that came to; note the entry as verified, where it came again.

    As it was before anything of it ran, since code of its own could write to its folder. Raises
    `UserError` where that changed.
    """
    from benchsuite.leaderboard.verified import evidence
    from benchsuite.leaderboard.verify.rerun.outcome import checked
    from benchsuite.leaderboard.verify.verify import report as put_together

    before = evidence(case.entry.folder, case.board)
    rerun = again()
    verified = case.entry.verified
    if write and rerun.same:
        if evidence(case.entry.folder, case.board) != before:
            raise UserError(
                f"{case.entry.name} or its board changed while it was trained again, so it is not "
                "noted as verified; see what changed it, then verify it anew."
            )
        _write(case, rerun, before)
        verified = True
    checks = [*report.checks, checked(rerun)]
    return put_together(report.entry, case.board, checks, verified=verified, rerun=rerun)


def _write(case: Case, rerun: Rerun, before: Evidence) -> None:
    from benchsuite.leaderboard.verified import Verified, write_verified

    told = {"seed", "benchsuite", "source", "machine", "rule", "compared", "equal", "farthest"}
    document = Verified(
        entry=case.entry.name,
        board=case.board.name,
        date=datetime.now(UTC).date().isoformat(),
        files=before.files,
        board_files=before.board_files,
        **rerun.model_dump(include=told),
    )
    path = write_verified(document, case.board)
    click.echo(f"Noted in {path}.", err=True)


def _forget(board: Board, name: str) -> None:
    """Take back that a refused entry is verified, where it was."""
    from benchsuite.leaderboard.verified import forget_verified

    path = forget_verified(board, name)
    if path is not None:
        click.echo(f"Removed {path}: {name} is verified no more.", err=True)
