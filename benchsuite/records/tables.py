"""Measurements and samples of a run as Arrow tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from benchsuite.engine.offers import metric_class
from benchsuite.engine.operations.measure import MEASUREMENTS
from benchsuite.engine.steps import Cell, Plan
from benchsuite.engine.store import Store
from benchsuite.engine.work import read_rows
from benchsuite.plugins.kinds import Metric
from benchsuite.records.contamination import contaminated, evaluation_sets
from benchsuite.records.drift import Drifts

MEASUREMENT_SCHEMA = pa.schema(
    [
        ("regime", pa.string()),
        ("generation", pa.int32()),
        ("seed", pa.int64()),
        ("axis", pa.string()),
        ("metric", pa.string()),
        ("slice", pa.string()),
        ("value", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("n", pa.int64()),
        ("chance", pa.float64()),
        ("informative", pa.bool_()),
        ("unit", pa.string()),
        ("higher_is_better", pa.bool_()),
        ("contaminated", pa.bool_()),
        ("drift", pa.float64()),
    ]
)
SAMPLE_SCHEMA = pa.schema(
    [
        ("use", pa.string()),
        ("regime", pa.string()),
        ("generation", pa.int32()),
        ("seed", pa.int64()),
        ("id", pa.string()),
        ("generator", pa.string()),
        ("parents", pa.list_(pa.string())),
        ("prompt", pa.string()),
        ("text", pa.string()),
        ("tokens", pa.int32()),
        ("grades", pa.list_(pa.struct([("grader", pa.string()), ("score", pa.float64())]))),
        ("kept", pa.bool_()),
        ("copies", pa.int32()),
    ]
)
_MEASURED = ("slice", "value", "lower", "upper", "n")
_HIGHER_IS_BETTER = {"higher": True, "lower": False, "zero": None}


def measurements(plan: Plan, store: Store, missing: set[str]) -> pa.Table:
    """Return a row for each measurement of each model; `missing` steps have none."""
    sets = evaluation_sets(plan, store, missing)
    drifts = Drifts(plan, store, missing)
    rows: list[dict[str, Any]] = []
    for cell in plan.cells:
        measured = [
            {**row, "drift": drifts.error(cell, row["metric"], row["slice"])}
            for row in _of_model(cell, plan, store, missing)
        ]
        flags = contaminated(measured, sets, plan)
        rows += [{**row, "contaminated": f} for row, f in zip(measured, flags, strict=True)]
    return pa.Table.from_pylist(rows, schema=MEASUREMENT_SCHEMA)


def _of_model(cell: Cell, plan: Plan, store: Store, missing: set[str]) -> Iterator[dict[str, Any]]:
    for metric in plan.suite.metrics:
        identity = cell.measures[metric.name]
        if identity in missing:
            continue
        kind = metric_class(metric)
        for found in json.loads((store.path(identity) / MEASUREMENTS).read_text()):
            yield {
                "regime": cell.regime,
                "generation": cell.generation,
                "seed": cell.seed,
                "axis": kind.axis,
                "metric": metric.name,
                "unit": kind.unit,
                "higher_is_better": _HIGHER_IS_BETTER[kind.best],
                **{name: found[name] for name in _MEASURED},
                "chance": (chance := _chance(found, kind)),
                "informative": _informative(found, chance),
            }


def _chance(found: dict[str, Any], kind: type[Metric[Any]]) -> float | None:
    """Return the chance level of a measurement: its own, or its metric's."""
    own: float | None = found.get("chance")
    return kind.chance if own is None and found["slice"] not in kind.context_slices else own


def _informative(found: dict[str, Any], chance: float | None) -> bool | None:
    """Say whether a measurement's interval excludes chance; None where that is not known."""
    ends = found["lower"], found["upper"]
    return None if chance is None or None in ends else not ends[0] <= chance <= ends[1]


def samples(plan: Plan, store: Store, missing: set[str]) -> pa.Table:
    """Return every row that a model wrote, to be learned from or to be measured on.

    Rows that several regimes share (those of generation 0) stand there for each of them.
    """
    tables = [SAMPLE_SCHEMA.empty_table()]
    for cell in plan.cells:
        for use, identity in (("training", cell.written), ("measurement", cell.samples)):
            if identity and identity not in missing:
                tables.append(_sampled(read_rows(store.path(identity)), use, cell))
    return pa.concat_tables(tables)


def _sampled(rows: pa.Table, use: str, cell: Cell) -> pa.Table:
    """Bring the rows of one step into the form of all samples."""
    same = {"use": use, "regime": cell.regime, "generation": cell.generation, "seed": cell.seed}
    columns = []
    for field in SAMPLE_SCHEMA:
        if field.name in same:
            columns.append(pa.repeat(pa.scalar(same[field.name], field.type), rows.num_rows))
        elif field.name in rows.column_names:
            columns.append(rows[field.name].cast(field.type))
        elif field.name in ("kept", "copies"):
            learned = pa.scalar(use == "training").cast(field.type)
            columns.append(pa.repeat(learned, rows.num_rows))
        else:
            columns.append(pa.nulls(rows.num_rows, field.type))
    return pa.Table.from_arrays(columns, schema=SAMPLE_SCHEMA)
