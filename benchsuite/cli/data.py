"""`benchsuite data`: evaluation sets and human corpora that are published elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from benchsuite.cli import LazyGroup
from benchsuite.cli.options import data_root_option
from benchsuite.errors import UserError

if TYPE_CHECKING:
    from benchsuite.data.catalogue import DataSet
    from benchsuite.data.published import Published

_WIDE = 130
"""Columns of a terminal from which on there is room for what a set holds."""


@click.group(cls=LazyGroup, below="data")
def data() -> None:
    """Find, fetch and verify evaluation sets and human corpora; assess synthetic ones.

    A file is taken from the data root where it lies there, else from the user's cache, else
    fetched into that cache once.
    """


@data.command("list")
@data_root_option
def list_() -> None:
    """List the sets: licence, size, and where the files are."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from benchsuite.data.catalogue import catalogue

    console = Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for heading in ("set", "files", "size", "where", "licence", "what"):
        flexible = {"licence": 1, "what": 2}.get(heading)
        right = heading in {"files", "size"}
        if heading != "what" or console.width >= _WIDE:
            table.add_column(heading, justify="right" if right else "left", ratio=flexible)
            table.columns[-1].no_wrap, table.columns[-1].overflow = True, "ellipsis"
    for found in catalogue().values():
        numbers = [str(len(found.files)), _size(found.size)]
        words = [_where(found), found.licence, found.summary]
        cells = [Text(found.name, "bold"), *map(Text, numbers + words)]
        table.add_row(*cells[: len(table.columns)])
    console.print(table)


@data.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@data_root_option
def get(names: Sequence[str]) -> None:
    """Have the sets NAME at hand, and print where each file lies."""
    from benchsuite.data.catalogue import dataset

    for found in [dataset(name) for name in names]:
        for file in found.published.values():
            click.echo(file.locate())


@data.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@data_root_option
def verify(names: Sequence[str]) -> None:
    """Compare files that are there with their SHA-256; without NAME, those of all sets.

    Nothing is fetched. Exit code 2 if a file is another one, or one of a set NAME is missing.
    """
    from benchsuite.data.catalogue import catalogue, dataset

    chosen = [dataset(name) for name in names] or list(catalogue().values())
    wrong = missing = 0
    for found in chosen:
        states = Counter(_verified(file) for file in found.published.values())
        wrong, missing = wrong + states["damaged"], missing + states["missing"]
        told = ", ".join(f"{states[state]} {state}" for state in _STATES if states[state])
        click.echo(f"{found.name}: {told}")
    if wrong or (names and missing):
        counted = f"{wrong} damaged and {missing} missing files"
        raise UserError(f"{counted}; benchsuite data get NAME says what to do about each set.")


_STATES = ("verified", "damaged", "missing")


def _verified(file: Published) -> str:
    try:
        if file.place() == "nowhere":
            return "missing"
        file.locate()
    except UserError as failure:
        click.echo(f"Warning: {failure}", err=True)
        return "damaged"
    return "verified"


def _where(found: DataSet) -> str:
    """Say where most would be taken from, in a few words."""
    places = Counter(_place(file) for file in found.published.values())
    if len(places) == 1:
        return next(iter(places))
    return ", ".join(f"{count} {place}" for place, count in places.most_common())


def _place(file: Published) -> str:
    try:
        place = file.place()
    except UserError:
        return "damaged"
    return place if place != "nowhere" else "to fetch" if file.url else "to make"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"  # noqa: PLR2004
