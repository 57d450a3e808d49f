"""Models measured, one metric and one model a step, as many at once as are handed over."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchsuite.engine.operations.rules import accepted
from benchsuite.engine.work import Spent, Work, manifest, read_rows
from benchsuite.plugins.kinds import (
    NOTHING,
    AppliedGrader,
    Cost,
    Grader,
    Measurement,
    Panel,
    Place,
    Subject,
)
from benchsuite.plugins.parts import make_part

MEASUREMENTS = "measurements.json"
ITEMS = "items.parquet"
"""What each item adds to a measurement, where the metric tells: slice, item, value."""
_TABLES = ("samples", "training", "earlier", "drawn")


def run_all(works: Sequence[Work]) -> Iterator[Spent]:
    """Measure models with one metric and write what was found on each."""
    panel = Panel([work.model for work in works])
    subjects = [_subject(work, panel, place) for place, work in enumerate(works)]
    measured = works[0].component.measure_all(subjects, works[0].context)
    for work, found in zip(works, map(list, measured), strict=True):
        document = [_checked(measurement) for measurement in found]
        (work.directory / MEASUREMENTS).write_text(json.dumps(document, allow_nan=False) + "\n")
        _write_items(found, work.directory / ITEMS)
        yield Spent()


def _subject(work: Work, panel: Panel, place: int) -> Subject:
    inputs = work.inputs
    reads_model = "model" in inputs
    return Subject(
        human=work.human(),
        open_model=work.model if reads_model else None,
        **{role: _rows(work.one(role)) for role in _TABLES if role in inputs},
        peers={
            kind: [read_rows(folder) for folder in inputs.get(f"peers.{kind}", ())]
            for kind in ("seeds", "regimes")
        },
        evaluations=_evaluations(inputs.get("evaluations", ())),
        ledger=_costs(inputs.get("ledger", ())),
        lineage=_costs(inputs.get("lineage", ())),
        scorer=partial(panel.score, place) if reads_model else None,
        place=Place(**work.arguments["place"]) if "place" in work.arguments else None,
        graders=[_applied(grading, work) for grading in work.arguments.get("graders", ())],
    )


def _applied(grading: Mapping[str, Any], work: Work) -> AppliedGrader:
    """Make a regime's grader and its rule from their documents."""
    grader = make_part("grader", grading["grader"])
    assert isinstance(grader, Grader)
    context = replace(work.context, seed=grading["seed"])
    return AppliedGrader(
        name=grading["grader"]["name"],
        best=grader.best,
        probability=grader.probability,
        grade=lambda rows, model: np.asarray(
            grader.grade(rows, model, work.human(), context), float
        ),
        accepted=lambda scores, pool, sizes: accepted(
            scores, pool, sizes, grading["keep"], grader.best
        ),
    )


@lru_cache(maxsize=8)
def _rows(folder: Path) -> pa.Table:
    """Read rows once for metrics that follow one another: they keep what they derive from a table.

    What the metrics of one model read, and those of a few more; each is as large as its file.
    """
    return read_rows(folder)


def _costs(folders: Sequence[Path]) -> dict[str, Cost]:
    """Cost by kind of step."""
    costs: dict[str, Cost] = {}
    for folder in folders:
        spent = manifest(folder)
        costs[spent.kind] = costs.get(spent.kind, NOTHING) + spent.cost
    return costs


def _evaluations(folders: Sequence[Path]) -> Mapping[str, list[str]]:
    """Texts of all metrics by the name of the set, each once."""
    sets: dict[str, dict[str, None]] = defaultdict(dict)
    for folder in folders:
        for row in read_rows(folder).to_pylist():
            sets[row["set"]].setdefault(row["text"])
    return {name: list(texts) for name, texts in sorted(sets.items())}


def _checked(measurement: Measurement) -> dict[str, Any]:
    """Refuse what is not a number: a value that cannot be had is None."""
    document = asdict(replace(measurement, items={}))
    del document["items"]
    for name, number in {**document, **(document["expected"] or {})}.items():
        if isinstance(number, float) and not math.isfinite(number):
            raise RuntimeError(f"it measured {name} = {number} on {measurement.slice}")
    return document


def _write_items(found: Sequence[Measurement], path: Path) -> None:
    """Write the items of all slices, if there are any."""
    rows = [(each.slice, *item) for each in found for item in each.items.items()]
    if not rows:
        return
    slices, names, values = zip(*rows, strict=True)
    if not all(map(math.isfinite, values)):
        raise RuntimeError("what it measured of an item is not a finite number")
    table = pa.table({"slice": slices, "item": names, "value": pa.array(values, pa.float64())})
    pq.write_table(table, path, compression="zstd")
