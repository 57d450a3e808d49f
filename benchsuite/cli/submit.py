"""`benchsuite submit`: what a run left becomes an entry of a board."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

_BOARDS = Path("leaderboards")


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--board", required=True, metavar="NAME", help="Such as nano, or nano/v1.")
@click.option("--name", required=True, help="What the entry is called: a-z, 0-9 and hyphens.")
@click.option("--author", "authors", required=True, multiple=True, help="May be given again.")
@click.option("--title", help="A line for people. [default: the regime's summary]")
@click.option("--claims", default="", help="What the entry is to show, in words.")
@click.option("--plugin", metavar="DIR|REQUIREMENT", help="Your code: a folder, or name==version.")
@click.option("--open", "opened", is_flag=True, help="Take it in the open division.")
@click.option("--replace", is_flag=True, help="Take the place of the entry of that name.")
@click.option(
    "--boards",
    type=click.Path(path_type=Path, file_okay=False),
    default=_BOARDS,
    show_default=True,
    metavar="DIR",
    help="Where the boards are.",
)
def submit(
    run_dir: Path,
    board: str,
    name: str,
    authors: tuple[str, ...],
    title: str | None,
    claims: str,
    plugin: str | None,
    *,
    opened: bool,
    replace: bool,
    boards: Path,
) -> None:
    """Write the run of RUN_DIR into a board's folder as an entry, ready for a pull request.

    It is checked as `benchsuite verify` checks it, and refused where that would refuse it.
    """
    from benchsuite.cli.findings import print_report
    from benchsuite.leaderboard.board import find_board, read_board
    from benchsuite.leaderboard.submit import Claim, hand_in

    to = read_board(find_board(board, boards))
    today = datetime.now(UTC).date().isoformat()
    claim = Claim(name, title, authors, claims, today, plugin, opened)
    print_report(hand_in(run_dir, to, claim, replace=replace), briefly=False)
    click.echo(f"Wrote {to.entries / name}. Commit it and open a pull request.")
