"""Models measured, one metric and one model a step, as many at once as are handed over."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from benchsuite.engine.work import Spent, Work, manifest, read_rows
from benchsuite.plugins.kinds import Cost, Measurement, Panel, Subject

MEASUREMENTS = "measurements.json"
_TABLES = ("samples", "training", "earlier")


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
        **{role: read_rows(work.one(role)) for role in _TABLES if role in inputs},
        ledger=_ledger(work),
        scorer=partial(panel.score, place) if reads_model else None,
    )


def _ledger(work: Work) -> dict[str, Cost]:
    """Cost by kind of step."""
    ledger: dict[str, Cost] = {}
    for folder in work.inputs.get("ledger", ()):
        spent = manifest(folder)
        ledger[spent.kind] = ledger.get(spent.kind, Cost()) + spent.cost
    return ledger


def _checked(measurement: Measurement) -> dict[str, Any]:
    """Refuse what is not a number: a value that cannot be had is None."""
    for name in ("value", "lower", "upper"):
        number = getattr(measurement, name)
        if number is not None and not math.isfinite(number):
            raise RuntimeError(f"it measured {name} = {number} on {measurement.slice}")
    return asdict(measurement)
