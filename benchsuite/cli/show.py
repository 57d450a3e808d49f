"""`benchsuite show`: one component, regime or suite explained."""

from __future__ import annotations

import inspect
from typing import Any

import click

from benchsuite.cli import registry
from benchsuite.errors import UserError, nearest
from benchsuite.plugins.registry import Registered
from benchsuite.suites.documents import Document
from benchsuite.suites.shipped import find, shipped


@click.command()
@click.argument("name")
def show(name: str) -> None:
    """Explain NAME: a component (summary, parameters, who provides it) or a document.

    Documents are regimes, suites and collections. A regime may also be a YAML file of your own,
    which is checked.
    """
    if name.endswith((".yaml", ".yml")):
        _show_regime(name)
        return
    found = [r for r in registry().components() if name in _names(r)]
    for registered in found:
        _show_component(registered)
    documents = [kind for kind in ("regime", "suite", "collection") if name in shipped(kind)]
    if "regime" in documents:
        _show_regime(name)
    for kind in ("suite", "collection"):
        if kind in documents:
            _show_document(kind, find(kind, name))
    if not found and not documents:
        known = {full for r in registry().components() for full in _names(r)}
        known |= {*shipped("regime"), *shipped("suite"), *shipped("collection")}
        raise UserError(f"there is nothing called {name}{nearest(name, known)}")


def _names(registered: Registered) -> tuple[str, str]:
    name = registered.component.name
    return name, name.partition("/")[2]


def _show_component(registered: Registered) -> None:
    from benchsuite.plugins.loading import load

    component, provider = registered.component, registered.provider
    loaded = load(registered)
    click.secho(f"{component.name} ({component.kind}, version {component.version})", bold=True)
    click.echo(f"{component.summary}\n")
    click.echo(f"{inspect.getdoc(loaded) or ''}\n")
    click.echo(f"provided by  {provider.distribution} {provider.version}")
    for attribute in ("axis", "unit", "best"):
        if component.kind == "metric":
            click.echo(f"{attribute:<12} {getattr(loaded, attribute)}")
    fields = loaded.parameters_type.model_fields
    click.echo("parameters" if fields else "parameters   none")
    for name, field in fields.items():
        default = "required" if field.is_required() else f"default {field.default!r}"
        about = f"  {field.description}" if field.description else ""
        click.echo(f"  {name}: {_type(field.annotation)}, {default}{about}")


def _type(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _show_document(kind: str, document: Document) -> None:
    data = document.data
    click.secho(f"{data[kind]} ({kind}, version {data['version']})", bold=True)
    click.echo(f"{data['summary']}\n")
    _show_yaml(data)


def _show_regime(name: str) -> None:
    """Print a regime's knobs in words, a bar for each generation, and the document in full."""
    from rich.console import Console
    from rich.table import Table

    from benchsuite.cli.mixture import draw
    from benchsuite.suites.explain import knobs
    from benchsuite.suites.resolve import resolve_regime

    resolved = resolve_regime(name, registry())
    regime, console = resolved.regime, Console(highlight=False, markup=False)
    click.secho(f"{regime.regime} (regime, version {regime.version})", bold=True)
    console.print(f"{regime.summary}\n")
    words = Table.grid(padding=(0, 2))
    for knob, meaning in knobs(regime).items():
        words.add_row(knob, meaning)
    console.print(words)
    console.print("\nWhat each generation is trained on:")
    draw(regime, console)
    if system := regime.modelled_on:
        console.print(f"\nModelled on {system.system}.")
        told = Table.grid(padding=(0, 2))
        told.add_row("publicly said", system.said)
        told.add_row("different here", system.differs)
        console.print(told)
    if regime.cites:
        console.print("\nWhere it comes from:")
        console.print("\n".join(f"  {source}" for source in regime.cites))
    click.echo(f"\nidentity  {resolved.digest}\n")
    _show_yaml(resolved.document())


def _show_yaml(data: dict[str, Any]) -> None:
    import yaml

    written = yaml.safe_dump(
        data, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
    )
    click.echo(written.rstrip())
