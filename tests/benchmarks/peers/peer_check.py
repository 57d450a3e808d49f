"""Metrics of other packages against the project's own, on one finished model and its samples."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from peer_grid import flat, given, metrics_of, spent_flops
from peer_metrics import Spent, Subject, measure
from peer_model import Row, Scorer, encoded
from transformers import LlamaForCausalLM

from benchsuite.engine.steps import Cell, Plan
from benchsuite.engine.store import Store
from benchsuite.errors import UserError
from benchsuite.records.tables import metric_class

TOLERANCE = 1e-4
"""Relative; fp32 sums in another order differ by less."""

_ABSOLUTE = 1e-6
"""For gaps that are close to zero."""


class Checked(NamedTuple):
    """A value of the project and the one that was found here."""

    name: str
    ours: float | None
    theirs: float | None

    @property
    def agrees(self) -> bool:
        """Whether they are the same but for rounding."""
        if self.ours is None or self.theirs is None:
            return self.ours is self.theirs
        return math.isclose(self.ours, self.theirs, rel_tol=TOLERANCE, abs_tol=_ABSOLUTE)


def check(plan: Plan, store: Store) -> tuple[str, list[Checked]]:
    """Measure the last finished model of a plan once more; also return which it is.

    Grades of the rows it was trained on are given once more too. Metrics that no seed fixes
    are left out. Raises `UserError` where the store holds no finished model.
    """
    return _Check(plan, store).run()


def table(rows: Sequence[Checked]) -> str:
    """A line for each value."""
    return "\n".join(
        f"{row.name:36}{_number(row.ours)}{_number(row.theirs)}  "
        + ("agree" if row.agrees else "DIFFER")
        for row in rows
    )


def _number(value: float | None) -> str:
    return f"{'no value' if value is None else format(value, '.7g'):>16}"


class _Check:
    def __init__(self, plan: Plan, store: Store) -> None:
        self._plan, self._store = plan, store
        self._given = given(plan, store)
        self._cell = self._finished()

    def run(self) -> tuple[str, list[Checked]]:
        fixed = {m.name for m in self._plan.suite.metrics if metric_class(m).reproducible}
        metrics = {name: p for name, p in metrics_of(self._plan).items() if name in fixed}
        found = flat(measure(self._subject(), metrics))
        theirs = {(row["metric"], row["slice"]): row["value"] for row in found}
        ours = {
            (metric, row["slice"]): row["value"]
            for metric, identity in self._cell.measures.items()
            if metric in fixed
            for row in json.loads((self._store.path(identity) / "measurements.json").read_text())
        }
        rows = [
            Checked(f"{key[0].partition('/')[2]}, {key[1]}", ours.get(key), theirs.get(key))
            for key in {**ours, **theirs}
        ]
        label = self._plan.steps[self._cell.train].label.removeprefix("train ")
        return label, [*rows, *self._grades()]

    def _finished(self) -> Cell:
        """The last model that is there with all that it comes from."""
        for cell in reversed(self._plan.cells):
            steps = [cell.train, cell.mix, cell.samples, *cell.spent, *cell.measures.values()]
            models = [
                m for step in cell.spent for m in self._plan.steps[step].inputs.get("model", ())
            ]
            needed = {*steps, *models}
            if self._store.present(needed) >= needed:
                return cell
        raise UserError(
            f"the store {self._store.url} holds no finished model of this suite; do `benchsuite "
            "run` with the same suite, settings and --store first."
        )

    def _subject(self) -> Subject:
        model = self._model(self._cell.train)
        ledger: dict[str, Spent] = {}
        for identity in self._cell.spent:
            step = self._plan.steps[identity]
            tokens = self._tokens(identity)
            flops = spent_flops(model, tokens, 3 if step.kind == "train" else 1)
            ledger[step.kind] = Spent(tokens, flops, 0.0, 0)
        return Subject(
            human=self._given.human,
            model=Scorer(model, self._given.tokenizer),
            samples=self._rows(self._cell.samples),
            training=self._rows(self._cell.mix),
            ledger=ledger,
        )

    def _tokens(self, identity: str) -> int:
        """Tokens that a step trained on, wrote or read, counted anew."""
        step, shape = self._plan.steps[identity], self._given.shape
        if step.kind != "train":
            return sum(row.size for row in self._rows(identity))
        rows, end = self._rows(step.inputs["rows"][0]), self._given.tokenizer.eos_token_id
        blocks = shape.blocks(rows, step.arguments["amount"], end)
        return shape.epochs * len(blocks) * shape.length

    def _grades(self) -> Iterator[Checked]:
        """Mean grade of the rows that were made for the model, where a grader saw them."""
        for identity in self._cell.spent:
            step = self._plan.steps[identity]
            if step.component and step.component.name == "graders/self-likelihood":
                grades = self._column(identity, "grades")
                rows = self._rows(identity)
                scorer = Scorer(self._model(step.inputs["model"][0]), self._given.tokenizer)
                theirs = scorer.rows(rows) / [row.size for row in rows]
                ours = [grade[-1]["score"] for grade in grades]
                yield Checked("self-likelihood, mean grade", np.mean(ours), np.mean(theirs))
                yield Checked("self-likelihood, least grade", np.min(ours), np.min(theirs))

    def _model(self, identity: str) -> LlamaForCausalLM:
        return LlamaForCausalLM.from_pretrained(self._store.path(identity)).eval()

    def _rows(self, identity: str) -> list[Row]:
        return encoded(self._column(identity, "text"), self._given.tokenizer)

    def _column(self, identity: str, name: str) -> list:
        path = self._store.path(identity) / "rows.parquet"
        return pq.read_table(path, columns=[name])[name].to_pylist()
