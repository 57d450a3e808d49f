"""`benchsuite leaderboard`: boards of entries."""

from __future__ import annotations

import click

from benchsuite.cli import LazyGroup


@click.group(cls=LazyGroup, below="leaderboard")
def leaderboard() -> None:
    """Score, show and publish boards of entries."""
