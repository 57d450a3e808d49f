"""Models measured, one metric and one model a step, as many at once as are handed over."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchsuite.engine.work import Spent, Work, manifest, read_rows
from benchsuite.plugins.kinds import NOTHING, Cost, Measurement, Panel, Place, Subject

MEASUREMENTS = "measurements.json"
_TABLES = ("samples", "training", "earlier", "drawn")


def run_all(works: Sequence[Work]) -> Iterator[Spent]:
    """Measure models with one metric and write what was found on each."""
    panel = Panel([work.model for work in works])
    subjects = [_subject(work, panel, place) for place, work in enumerate(works)]
    measured = works[0].component.measure_all(subjects, works[0].context)
    for work, found in zip(works, measured, strict=True):
        document = [_checked(measurement) for measurement in found]
        (work.directory / MEASUREMENTS).write_text(json.dumps(document, allow_nan=False) + "\n")
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
    document = asdict(measurement)
    for name, number in {**document, **(document["expected"] or {})}.items():
        if isinstance(number, float) and not math.isfinite(number):
            raise RuntimeError(f"it measured {name} = {number} on {measurement.slice}")
    return document
