"""`benchsuite list`: what there is."""

from __future__ import annotations

import click

from benchsuite.cli import registry
from benchsuite.errors import UserError, nearest
from benchsuite.plugins.descriptors import KINDS
from benchsuite.suites.shipped import shipped, summary

_DOCUMENTS = ("regime", "suite", "collection")


@click.command("list")
@click.argument("kind", required=False)
def list_(kind: str | None) -> None:
    """List components of a KIND (corpus, learner, generator, grader, metric), or documents.

    Documents are regimes, suites and collections of suites.

    Without KIND, list them all.
    """
    kinds = (*KINDS, *_DOCUMENTS)
    if kind is not None and kind not in kinds:
        raise UserError(f"there is no kind {kind}{nearest(kind, kinds)}")
    for each in kinds if kind is None else (kind,):
        rows = _rows(each)
        width = max((len(name) for name, _ in rows), default=0)
        click.secho(each, bold=True)
        for name, sentence in rows:
            click.echo(f"  {name:<{width}}  {sentence}")


def _rows(kind: str) -> list[tuple[str, str]]:
    if kind in _DOCUMENTS:
        return [(name, summary(kind, name)) for name in shipped(kind)]
    return [
        (r.component.name, r.component.summary)
        for r in registry().components()
        if r.component.kind == kind
    ]
