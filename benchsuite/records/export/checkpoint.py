"""A run's measurements by checkpoint: the model of one regime, generation and seed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from benchsuite.errors import UserError
from benchsuite.lm.decoding import Decoding
from benchsuite.records.record import MetricEntry, Record, RegimeEntry

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 80


@dataclass(frozen=True)
class Task:
    """What lm-eval calls a slice of a metric that asks its tasks."""

    name: str
    metric: str
    filter: str


@dataclass(frozen=True)
class Measured:
    """One number of a checkpoint: a slice of a metric, its 95 % interval, what it comes from."""

    metric: MetricEntry
    slice: str
    value: float
    lower: float | None
    upper: float | None
    n: int | None
    chance: float | None
    informative: bool | None
    contaminated: bool | None

    @property
    def name(self) -> str:
        """Metric and slice."""
        return f"{self.metric.name} {self.slice}"

    @property
    def compared(self) -> bool:
        """Whether a value can be better or worse; others are shown beside such ones."""
        return self.slice not in self.metric.context_slices

    @property
    def task(self) -> Task | None:
        """The task of lm-eval that was asked, if it is one: its slices are `task metric filter`."""
        words = self.slice.split(" ")
        if not self.metric.tasks or len(words) not in (2, 3):
            return None
        task, metric, *filtered = words
        return Task(task, metric, *(filtered or ["none"]))


@dataclass(frozen=True)
class Checkpoint:
    """A model, and what was measured of it: numbers that could not be had are left out."""

    record: Record
    regime: RegimeEntry
    generation: int
    seed: int
    measured: list[Measured]

    @property
    def name(self) -> str:
        """A name that is a safe folder and file, unique within the run."""
        return f"{slug(self.regime.name)}-generation-{self.generation}-seed-{self.seed}"


def checkpoints(record: Record, measurements: pa.Table) -> Iterator[Checkpoint]:
    """Yield the checkpoints in the order of the table, whose rows of a model stand together.

    Raises `UserError` where the table tells of what the record does not.
    """
    regimes = {regime.name: regime for regime in record.regimes}
    metrics = {metric.name: metric for metric in record.metrics}
    keys = ("regime", "generation", "seed")
    ordered = sorted(measurements.to_pylist(), key=lambda row: _places(row, regimes))
    for (regime, generation, seed), rows in groupby(ordered, lambda row: [row[k] for k in keys]):
        measured = [_measured(row, metrics) for row in rows if row["value"] is not None]
        yield Checkpoint(record, regimes[regime], generation, seed, measured)


def _places(row: dict[str, Any], regimes: dict[str, RegimeEntry]) -> tuple[int, int, int]:
    if row["regime"] not in regimes:
        raise UserError(
            f"measurements.parquet: the record has no regime {row['regime']!r}; "
            "give the files of one run."
        )
    return [*regimes].index(row["regime"]), row["generation"], row["seed"]


def _measured(row: dict[str, Any], metrics: dict[str, MetricEntry]) -> Measured:
    if row["metric"] not in metrics:
        raise UserError(
            f"measurements.parquet: the record has no metric {row['metric']!r}; "
            "give the files of one run."
        )
    names = ("value", "lower", "upper", "n", "chance", "informative", "contaminated")
    told = {name: row[name] for name in names}
    return Measured(metric=metrics[row["metric"]], slice=row["slice"], **told)


def slug(text: str) -> str:
    """Return text as a safe name of a file: itself, or what is safe of it and a digest."""
    safe = _UNSAFE.sub("-", text).strip(".-")[:_LONGEST]
    if safe and safe == text:
        return text
    return f"{safe}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".lstrip("-")


def time_of(record: Record) -> datetime:
    """Return when the run began; files of the same record are the same. Raises `UserError`."""
    try:
        started = datetime.fromisoformat(record.times.started)
    except ValueError as failure:
        raise UserError(
            f"record.json: times.started: {record.times.started!r} is no time in ISO 8601."
        ) from failure
    return started.astimezone(UTC) if started.tzinfo else started.replace(tzinfo=UTC)


def decoding_of(record: Record) -> Decoding | None:
    """Return how samples were drawn for metrics, if some were. Raises `UserError`."""
    samples = record.suite.document.get("samples")
    if not isinstance(samples, dict) or "decoding" not in samples:
        return None
    try:
        return Decoding.model_validate(samples["decoding"])
    except ValidationError as failure:
        raise UserError(
            "record.json: suite.document.samples.decoding: is no temperature, top_k and top_p."
        ) from failure
