"""`benchsuite plan`: what a run would do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

from benchsuite.cli import registry
from benchsuite.cli.options import changes, resolved_device, suite_options

if TYPE_CHECKING:
    from benchsuite.engine.estimate import KindEstimate
    from benchsuite.engine.store import Store
    from benchsuite.suites.resolve import ResolvedSuite


@click.command()
@suite_options
@click.option("--json", "as_json", is_flag=True, help="Print the steps as JSON.")
def plan(
    suite: str,
    regimes: Sequence[str],
    seeds: int | None,
    generations: int | None,
    device: Literal["auto", "cpu", "cuda"],
    store: str,
    settings: Sequence[str],
    as_json: bool,  # noqa: FBT001 (click calls by name)
) -> None:
    """Show the steps of SUITE, which of them are in the store, and what the rest should cost."""
    from benchsuite.engine.store import Store
    from benchsuite.suites.collection import resolve_all

    changed = changes(regimes, seeds, generations, settings)
    collection, suites = resolve_all(suite, registry(), changed)
    on, kept = resolved_device(device), Store(store)
    planned = [_plan_one(resolved, on, kept) for resolved in suites]
    if as_json and collection:
        documents = [document for document, _ in planned]
        click.echo(json.dumps({"collection": collection.collection, "suites": documents}, indent=2))
    elif as_json:
        click.echo(json.dumps(planned[0][0], indent=2))
    else:
        for document, costs in planned:
            if collection:
                click.secho(document["suite"], bold=True)
            _print(costs)


def _plan_one(
    suite: ResolvedSuite, device: tuple[str, str], store: Store
) -> tuple[dict[str, Any], list[KindEstimate]]:
    """Return a suite's plan as JSON, and what it should cost."""
    from benchsuite.engine.estimate import estimate
    from benchsuite.engine.plan import plan as unfold

    unfolded = unfold(suite, device)
    present = store.present(unfolded.steps)
    costs = estimate(unfolded, store, present)
    steps = [
        {
            "identity": step.identity,
            "kind": step.kind,
            "label": step.label,
            "inputs": step.inputs,
            "in_store": step.identity in present,
        }
        for step in unfolded.steps.values()
    ]
    document: dict[str, Any] = {
        "suite": suite.suite.suite,
        "digest": suite.digest,
        "steps": steps,
        "estimate": [cost._asdict() for cost in costs],
    }
    return document, costs


def _print(costs: Sequence[KindEstimate]) -> None:
    from rich.console import Console
    from rich.table import Table

    from benchsuite.cli.results import number

    table = Table("kind", *("steps", "in the store", "to do", "tokens", "FLOP", "about"))
    for column in table.columns[1:]:
        column.justify = "right"
    for cost in costs:
        numbers = (f"{n:,}" for n in (cost.steps, cost.stored, cost.to_do, cost.tokens))
        flops = number(cost.flops) if cost.flops else ""
        table.add_row(cost.kind, *numbers, flops, f"{cost.seconds:,.0f} s")
    console = Console()
    console.print(table)
    seconds = sum(cost.seconds for cost in costs)
    basis = "as steps in the store took" if any(c.measured for c in costs) else "a rough guess"
    console.print(
        f"About {seconds:,.0f} s of one worker's time is left ({basis}).", highlight=False
    )
