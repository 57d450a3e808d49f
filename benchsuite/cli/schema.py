"""`benchsuite schema`: the JSON Schema of a document."""

from __future__ import annotations

import json
from importlib import import_module

import click

_MODELS = {
    "suite": "benchsuite.suites.suite:Suite",
    "regime": "benchsuite.suites.regime:Regime",
    "collection": "benchsuite.suites.collection:Collection",
    "record": "benchsuite.records.record:Record",
}


@click.command()
@click.argument("document", type=click.Choice(list(_MODELS)))
def schema(document: str) -> None:
    """Print the JSON Schema of a suite, a regime, a collection or a record."""
    module, _, name = _MODELS[document].partition(":")
    model = getattr(import_module(module), name)
    click.echo(json.dumps(model.model_json_schema(), indent=2))
