"""`benchsuite leaderboard build`: the boards as a static site."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("boards", default="leaderboards", type=click.Path(path_type=Path))
@click.option(
    "--out",
    default=Path("site"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the site goes; a site that is there is replaced at once when all is written.",
)
def build(boards: Path, out: Path) -> None:
    """Make a site of all boards below BOARDS [default: leaderboards].

    It opens from disk, without network. Entries that a check refuses are named with the reason,
    here and on their board's page.
    """
    from benchsuite.leaderboard.site.folder import replacing

    with replacing(out) as folder:
        entries = write(boards, folder)
    click.echo(f"{entries} on {out / 'index.html'}")


def write(boards: Path, folder: Path) -> str:
    """Write the pages of all boards into an empty folder; return how many entries they show."""
    from benchsuite.leaderboard.scoring import stand
    from benchsuite.leaderboard.site.build import write_site
    from benchsuite.leaderboard.site.shown import read_boards

    shown = write_site(read_boards(boards, stand), folder)
    for board in shown:
        for refusal in board.refusals:
            click.echo(f"Refused: {refusal.reason}", err=True)
    number = sum(len(board.places) for board in shown)
    return "1 entry" if number == 1 else f"{number:,} entries"
