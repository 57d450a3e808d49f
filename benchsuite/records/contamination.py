"""Which measurements rest on text that the measured model was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchsuite.engine.steps import Plan
from benchsuite.engine.store import Store
from benchsuite.engine.work import read_rows


def contaminated(
    measured: Sequence[dict[str, Any]], sets: Mapping[str, set[str]], plan: Plan
) -> Iterator[bool | None]:
    """Say of each measurement of one model whether training held too much of its texts.

    None where it rests on no evaluation set, or none was looked for.
    """
    held = _held(measured, plan)
    for row in measured:
        rests_on = sets.get(row["metric"], set())
        if row["slice"] in rests_on:
            rests_on = {row["slice"]}
        known = rests_on & held.keys()
        yield any(held[name] for name in known) if known else None


def _held(measured: Sequence[dict[str, Any]], plan: Plan) -> dict[str, bool]:
    """Return, of each evaluation set that was looked for, whether training holds too much of it."""
    most = {metric.name: metric.make().contaminated_above for metric in plan.suite.metrics}
    return {
        row["slice"]: row["value"] > most[row["metric"]]
        for row in measured
        if most[row["metric"]] is not None and row["value"] is not None
    }


def evaluation_sets(plan: Plan, store: Store, missing: set[str]) -> dict[str, set[str]]:
    """Return the names of each metric's evaluation sets."""
    return {
        step.component.name: set(read_rows(store.path(identity))["set"].to_pylist())
        for identity, step in plan.steps.items()
        if step.kind == "evaluation" and step.component and identity not in missing
    }
