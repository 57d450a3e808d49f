"""`benchsuite leaderboard`: boards of entries. One subcommand a file."""

from __future__ import annotations

import click

from benchsuite.cli import LazyGroup


@click.group(cls=LazyGroup, below="leaderboard")
def leaderboard() -> None:
    """Show, rank and publish what was handed in.

    A board is a folder NAME/vN with its frozen suite, its baselines and its entries.
    """
