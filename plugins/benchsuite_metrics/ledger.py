"""Sums over what the steps behind a model spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchsuite.api import NOTHING, Cost, Measurement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STEPS = frozenset({"train", "generate", "grade"})
"""Kinds of step that are shown beside the total, not compared."""


def spent(
    ledger: Mapping[str, Cost], quantity: Callable[[Cost], float | None]
) -> list[Measurement]:
    """Return the quantity of all steps, then of each kind of step by name.

    Costs add up as costs do: the total of memory is the largest. Without steps there is no
    total, and no value of what is not known.
    """
    if not ledger:
        return [Measurement(None, 0)]
    parts = [("all", len(ledger), sum(ledger.values(), NOTHING))]
    parts += [(kind, 1, ledger[kind]) for kind in sorted(ledger)]
    return [_measured(quantity(cost), n, name) for name, n, cost in parts]


def _measured(value: float | None, n: int, name: str) -> Measurement:
    return Measurement(None if value is None else float(value), n, name)
