"""Where a synthetic row comes from: the models behind it, and the human rows behind these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchsuite.engine.steps import Cell, Plan, Step
from benchsuite.engine.store import Store
from benchsuite.engine.work import read_rows
from benchsuite.errors import UserError

_MARK = 16
"""Characters of a row's id that name the step that made it."""


@dataclass(frozen=True)
class Ancestor:
    """A model behind a row: what it learned from, newly or in what it went on from.

    `human` are ids of human rows, `synthetic` counts rows by the generation that wrote them.
    """

    regime: str
    generation: int
    seed: int
    human: list[str]
    synthetic: dict[int, int]


@dataclass(frozen=True)
class Ancestry:
    """A row, the models behind it from the one that wrote it back to generation 0, and parents.

    `row` holds `id`, `text`, `prompt`, `generator`; `parents` are the rows that it was made
    from beside the model, where the generator says so, and those behind them.
    """

    row: dict[str, Any]
    models: list[Ancestor]
    parents: list[str]

    @property
    def human(self) -> list[str]:
        """Ids of all human rows behind it, each once, in the order in which they are met."""
        found = dict.fromkeys(parent for parent in self.parents if not _is_synthetic(parent))
        return list(found | dict.fromkeys(id_ for model in self.models for id_ in model.human))


def ancestry(row: str, plan: Plan, store: Store) -> Ancestry:
    """Follow a synthetic row of a plan back. Raises `UserError` where it leads nowhere."""
    return _Search(plan, store).of(row)


class _Search:
    def __init__(self, plan: Plan, store: Store) -> None:
        self._plan, self._store = plan, store
        self._by_train = {cell.train: cell for cell in reversed(plan.cells)}
        made = (step for step in plan.steps.values() if step.kind == "generate")
        self._steps = {step.identity[:_MARK]: step for step in made}

    def of(self, row: str) -> Ancestry:
        found = self._row(row)
        start = self._writer(self._step(row))
        models = sorted(self._behind(start), key=lambda model: -model.generation)
        shown = {name: found.get(name) for name in ("id", "text", "prompt", "generator")}
        return Ancestry(shown, models, list(self._parents(found)))

    def _step(self, row: str) -> Step:
        step = self._steps.get(row.rpartition("-")[0])
        if step is None:
            raise UserError(
                f"{row} is no synthetic row of the suite {self._plan.suite.suite.suite}; ids stand "
                "in the column id of a run's samples.parquet, and end in a number."
            )
        return step

    def _row(self, row: str) -> dict[str, Any]:
        rows = self._rows(self._step(row).identity)
        found: list[dict[str, Any]] = rows.filter(pc.equal(rows["id"], row)).to_pylist()
        if not found:
            raise UserError(f"there is no row {row}: its step made {rows.num_rows:,} rows.")
        return found[0]

    def _rows(self, identity: str) -> pa.Table:
        if not self._store.present([identity]):
            label = self._plan.steps[identity].label
            raise UserError(f"the step {label!r} is not in the store; run the suite first.")
        return read_rows(self._store.path(identity))

    def _writer(self, step: Step) -> Cell:
        return self._by_train[step.inputs["model"][0]]

    def _parents(self, row: dict[str, Any]) -> Iterator[str]:
        for parent in row.get("parents") or ():
            yield parent
            if _is_synthetic(parent):
                yield from self._parents(self._row(parent))

    def _behind(self, start: Cell) -> Iterator[Ancestor]:
        """Yield a model and all models that wrote what it learned from, or that it went on from."""
        waiting, seen = [start], {start.train}
        while waiting:
            cell = waiting.pop()
            ancestor, writers = self._ancestor(cell)
            yield ancestor
            for previous in self._plan.steps[cell.train].inputs.get("previous", ()):
                writers.append(self._by_train[previous])
            for writer in writers:
                if writer.train not in seen:
                    seen.add(writer.train)
                    waiting.append(writer)

    def _ancestor(self, cell: Cell) -> tuple[Ancestor, list[Cell]]:
        rows = self._rows(cell.mix)
        human = rows.filter(pc.equal(rows["origin"], "human"))["id"].to_pylist()
        synthetic = rows.filter(pc.equal(rows["origin"], "synthetic"))["id"].to_pylist()
        marks = Counter(row.rpartition("-")[0] for row in synthetic)
        writers = {mark: self._writer(self._steps[mark]) for mark in marks}
        counts: Counter[int] = Counter()
        for mark, writer in writers.items():
            counts[writer.generation] += marks[mark]
        place = (cell.regime, cell.generation, cell.seed)
        unique = list(dict.fromkeys(human))
        return Ancestor(*place, unique, dict(sorted(counts.items()))), list(writers.values())


def _is_synthetic(row: str) -> bool:
    """Whether an id names a step and a place; human rows are named by their digest alone."""
    return "-" in row
