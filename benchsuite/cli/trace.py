"""`benchsuite trace`: where a synthetic row comes from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

import click

from benchsuite.cli import registry
from benchsuite.cli.options import changes, resolved_device, suite_options

if TYPE_CHECKING:
    from benchsuite.records.ancestry import Ancestor, Ancestry

_SHOWN = 5
_LONGEST = 200


@click.command()
@suite_options
@click.argument("row")
@click.option("--json", "as_json", is_flag=True, help="Print all ids as JSON.")
def trace(
    suite: str,
    regimes: Sequence[str],
    seeds: int | None,
    generations: int | None,
    device: Literal["auto", "cpu", "cuda"],
    store: str,
    settings: Sequence[str],
    row: str,
    as_json: bool,  # noqa: FBT001 (click calls by name)
) -> None:
    """Follow ROW, the id of a synthetic row of SUITE, back to the human rows behind it.

    Give the same options as to `run`; ids stand in the column id of samples.parquet.
    """
    from benchsuite.engine.plan import plan
    from benchsuite.engine.store import Store
    from benchsuite.records.ancestry import ancestry
    from benchsuite.suites.resolve import resolve

    resolved = resolve(suite, registry(), changes(regimes, seeds, generations, settings))
    found = ancestry(row, plan(resolved, resolved_device(device)), Store(store))
    if as_json:
        click.echo(json.dumps(asdict(found) | {"human": found.human}, indent=2))
    else:
        _print(found)


def _print(found: Ancestry) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    text = found.row["text"] or ""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\u2026"
    tree = Tree(Text(f"{found.row['id']}, made by {found.row['generator']}"))
    tree.add(Text(shown, style="italic"))
    if found.parents:
        tree.add(Text(f"made from {_listed(found.parents)}"))
    for model in found.models:
        tree.add(Text(_told(model)))
    tree.add(Text(f"behind it, {len(found.human):,} human rows: {_listed(found.human)}"))
    Console().print(tree)


def _told(model: Ancestor) -> str:
    learned = [f"{len(model.human):,} human rows"] if model.human else []
    learned += [f"{n:,} rows of generation {of}" for of, n in model.synthetic.items()]
    place = f"{model.regime}, generation {model.generation}, seed {model.seed}"
    return f"the model of {place} learned from {' and '.join(learned)}"


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else ""
    return ", ".join(id_[:24] for id_ in ids[:_SHOWN]) + more
