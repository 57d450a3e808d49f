"""`benchsuite leaderboard publish`: the boards' site, online."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click


@click.command()
@click.argument("boards", default="leaderboards", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "target",
    required=True,
    metavar="TARGET",
    help="A folder, a branch (git:REMOTE#BRANCH), or a Hugging Face Space (hf:OWNER/NAME).",
)
@click.option(
    "--site",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A site that is built already; without it, that of BOARDS is built.",
)
def publish(boards: Path, target: str, site: Path | None) -> None:
    """Publish the site of all boards below BOARDS [default: leaderboards], and say what changed.

    It changes as a whole, and the same site again changes nothing. Only files of a site that was
    published before are ever replaced or removed.
    """
    from benchsuite.leaderboard.publish.publish import publish as put
    from benchsuite.leaderboard.publish.target import parse

    to = parse(target)
    with tempfile.TemporaryDirectory() as folder:
        if site is None:
            from benchsuite.cli.leaderboard.build import write

            site = Path(folder)
            write(boards, site)
        changes = put(site, to)
    click.echo(f"{to}: {changes.counts}\n{changes.names}", nl=False)
