"""What there is to measure a model with: inputs of its measure steps, by what a metric needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchsuite.engine.steps import PEERS, Cell, Plan
from benchsuite.plugins.kinds import Metric
from benchsuite.plugins.kinds.metric import Need
from benchsuite.plugins.loading import load
from benchsuite.suites.resolve import Chosen

Offers = dict[Need, dict[str, tuple[str, ...]]]
"""Identities of steps by role, for each need."""

_SPENDING = ("train", "generate", "grade")


def metric_class(metric: Chosen) -> type[Metric[Any]]:
    """Return the class of a suite's metric."""
    found = load(metric.registered)
    assert issubclass(found, Metric)
    return found


def offers(
    cell: Cell, before: Cell | None, generation: Sequence[Cell], drawn: str, plan: Plan
) -> Offers:
    """Return what a model can be measured with, but for its place, which is no input.

    `before` is the model of the generation before, `generation` are all models of its own, and
    `drawn` is the mix of human rows that generation 0 of its seed was trained on.
    """
    own = {cell.samples}
    seeds = [other for other in generation if other.regime == cell.regime]
    regimes = [other for other in generation if other.seed == cell.seed]
    return {
        "model": {"model": (cell.train,)},
        "samples": {"samples": (cell.samples,)},
        "peers": {
            f"{PEERS}seeds": _others(seeds, own),
            f"{PEERS}regimes": _others(regimes, own),
        },
        "training": {"training": (cell.mix,)},
        "earlier": {"earlier": (before.samples,) if before else ()},
        "drawn": {"drawn": (drawn,)},
        "evaluations": {"evaluations": plan.evaluations},
        "ledger": {"ledger": tuple(cell.spent)},
        "lineage": {"lineage": lineage(cell, plan)},
    }


def _others(cells: Sequence[Cell], own: set[str]) -> tuple[str, ...]:
    """Return the samples of cells, each once: regimes share models of generation 0."""
    return tuple(dict.fromkeys(cell.samples for cell in cells if cell.samples not in own))


def lineage(cell: Cell, plan: Plan) -> tuple[str, ...]:
    """Return the steps that a model came from and that cost: its own and all before.

    The model of a grade step is either behind the rows too, which it wrote, or, for human rows,
    has lent no more than its tokens.
    """
    found: dict[str, None] = {}
    waiting = [cell.train]
    while waiting:
        identity = waiting.pop()
        if identity not in found:
            found[identity] = None
            step = plan.steps[identity]
            graded = step.kind == "grade"
            waiting += step.inputs.get("rows", ()) if graded else step.needs
    return tuple(sorted(i for i in found if plan.steps[i].kind in _SPENDING))
