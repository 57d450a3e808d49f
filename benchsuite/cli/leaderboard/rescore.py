"""`benchsuite leaderboard rescore`: scores and ranks from raw measurements, once more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchsuite.errors import UserError

if TYPE_CHECKING:
    from benchsuite.leaderboard.standing import Estimate, Standing


@click.command()
@click.argument("boards", nargs=-1, required=True, metavar="BOARD...")
@click.option(
    "--boards",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("leaderboards"),
    show_default=True,
    metavar="DIR",
    help="Where boards lie.",
)
@click.option(
    "--version", type=int, metavar="N", help="Version of the scoring. [default: the board's own]"
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the standing of a single board here. [default: standing.json of the board]",
)
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if anything changes.")
@click.option("--json", "as_json", is_flag=True, help="Print standings as JSON, a line each.")
def rescore(
    boards: Sequence[str],
    root: Path,
    version: int | None,
    out: Path | None,
    *,
    check: bool,
    as_json: bool,
) -> None:
    """Score and rank all entries of each BOARD from their measurements.

    BOARD is a name such as nano (its newest version) or nano/v1, or a board's folder. Says what
    changes in the published scores, and publishes the new ones.
    """
    if out and len(boards) > 1:
        raise UserError("--out takes the standing of one board; name a single BOARD.")
    changed = [_rescore(_folder(name, root), version, out, check, as_json) for name in boards]
    if check and any(changed):
        raise SystemExit(1)


def _folder(name: str, root: Path) -> Path:
    from benchsuite.leaderboard.board import find_board

    return Path(name) if (Path(name) / "board.yaml").is_file() else find_board(name, root)


def _rescore(
    folder: Path,
    version: int | None,
    out: Path | None,
    check: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> bool:
    """Score a board, say what changes, and publish unless it is a check; whether it changed."""
    from benchsuite.leaderboard.board import read_board
    from benchsuite.leaderboard.scoring import stand
    from benchsuite.leaderboard.scoring.published import (
        STANDING,
        changes,
        published,
        rounded,
        text_of,
    )
    from benchsuite.leaderboard.sound import sound_entries
    from benchsuite.records.export.write import write_files

    board = read_board(folder)
    entries, refusals = sound_entries(board)
    for refusal in refusals:
        click.echo(f"Warning: left out: {refusal.reason}", err=True)
    standing = stand(board, entries, version)
    target = out or folder / STANDING
    lines = list(changes(published(target), standing))
    if as_json:
        click.echo(rounded(standing).model_dump_json())
    else:
        _print(standing)
        click.echo("\n".join(lines) or f"{target}: nothing changes.")
    if lines and not check:
        write_files([(target.name, text_of(standing))], target.parent)
    return bool(lines)


def _print(standing: Standing) -> None:
    """Print the places, and what was left out."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    console.print(f"{standing.board}, scoring version {standing.scoring}\n")
    table = Table.grid(padding=(0, 2))
    for heading in ("rank", "entry", "score"):
        table.add_column(justify="left" if heading == "entry" else "right", header=heading)
    table.add_row("rank", "entry", "score", *standing.axes, "front", style="dim")
    for place in standing.places:
        rank = "" if place.rank is None else f"{place.rank}"
        if place.rank != place.worst:
            rank += f"-{place.worst}"
        figures = [place.score, *(place.axes[axis] for axis in standing.axes)]
        front = "●" if place.pareto else ""
        table.add_row(rank, Text(place.entry), *map(_told, figures), front)
    console.print(table)
    for place in standing.places:
        for lack in place.missing:
            console.print(f"{place.entry} lacks {lack}", style="dim")
    for left in standing.left_out:
        console.print(f"Left out: {left.metric}, {left.slice}. {left.reason}", style="dim")


def _told(estimate: Estimate) -> str:
    if estimate.value is None:
        return "-"
    if estimate.lower is None or estimate.upper is None:
        return f"{estimate.value:.1f}"
    return f"{estimate.value:.1f} ±{(estimate.upper - estimate.lower) / 2:.1f}"
