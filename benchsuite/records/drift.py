"""How far figures would have moved by chance alone."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from benchsuite.engine.operations.measure import MEASUREMENTS
from benchsuite.engine.steps import Cell, Plan
from benchsuite.engine.store import Store
from benchsuite.stats.drift import Drift

_LAW = TypeAdapter[Drift | None](Drift | None)


class Drifts:
    """Neutral drift of every figure, as its metric told it of generation 0 of the same seed."""

    def __init__(self, plan: Plan, store: Store, missing: set[str]) -> None:
        self._laws: dict[tuple[str, int, str, str], Drift] = {}
        for cell in plan.cells:
            for metric, identity in cell.measures.items():
                if cell.generation or identity in missing:
                    continue
                for found in json.loads((store.path(identity) / MEASUREMENTS).read_text()):
                    law = _LAW.validate_python(found.get("drift"))
                    if law is not None:
                        self._laws[cell.regime, cell.seed, metric, found["slice"]] = law

    def error(self, cell: Cell, metric: str, slice_: str) -> float | None:
        """Return the drift up to a model's generation; None for what does not drift, or unknown."""
        law = self._laws.get((cell.regime, cell.seed, metric, slice_))
        return None if law is None else law.error(cell.generation)
