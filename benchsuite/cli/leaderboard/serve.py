"""`benchsuite leaderboard serve`: a look at the boards before they are published."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click


@click.command()
@click.argument("boards", default="leaderboards", type=click.Path(path_type=Path))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
def serve(boards: Path, port: int) -> None:
    """Show the site of all boards below BOARDS [default: leaderboards] on this machine alone.

    The site is made anew in a temporary folder, and goes when you stop it with Ctrl-C.
    """
    from benchsuite.cli.leaderboard.build import write
    from benchsuite.leaderboard.site.serve import server

    with tempfile.TemporaryDirectory() as folder:
        entries = write(boards, Path(folder))
        with server(Path(folder), port) as found:
            click.echo(f"{entries} on http://127.0.0.1:{found.server_port}/ (stop with Ctrl-C)")
            try:
                found.serve_forever()
            except KeyboardInterrupt:
                click.echo()
