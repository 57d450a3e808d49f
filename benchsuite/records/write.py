"""Putting a run's files in place, all or none."""

from __future__ import annotations

import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from benchsuite.engine.executor import Outcome
from benchsuite.engine.steps import STEP_KINDS, Plan
from benchsuite.engine.store import Store
from benchsuite.engine.work import read_rows
from benchsuite.errors import UserError
from benchsuite.plugins.kinds import NOTHING, Cost
from benchsuite.records import provenance
from benchsuite.records.agreements import agreements
from benchsuite.records.cards.write import write_cards
from benchsuite.records.claims import judge_claims
from benchsuite.records.comparisons import compare
from benchsuite.records.equal_quality import compare_costs
from benchsuite.records.items import Items
from benchsuite.records.record import Failure, KindCost, Record, Times
from benchsuite.records.report.page import write_report
from benchsuite.records.tables import measurements, samples


@dataclass(frozen=True)
class Occasion:
    """The command of a run, and when it began."""

    command: str
    started: datetime


def writable(directory: Path) -> None:
    """Make a folder and see that it can be written. Raises `UserError`."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe = directory / f".{uuid.uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as failure:
        raise UserError(
            f"the folder {directory} cannot be written: {failure.strerror}; "
            "name another with --out."
        ) from failure


def write_run(
    plan: Plan, store: Store, outcome: Outcome, occasion: Occasion, directory: Path
) -> Record:
    """Write record, measurements, samples, report and cards of a finished plan into a folder.

    Raises `UserError` where there are no human rows, and so nothing to tell of.
    """
    missing = set(outcome.failures)
    if plan.human in missing:
        raise UserError(outcome.failures[plan.human])
    measured = measurements(plan, store, missing)
    metrics = provenance.metric_entries(plan.suite)
    finished = datetime.now(UTC)
    suite, regimes = plan.suite.suite, provenance.regime_entries(plan.suite)
    against = {regime.name: regime.against for regime in regimes}
    last = {regime.name: regime.generations for regime in regimes}
    record = Record(
        command=occasion.command,
        suite=provenance.suite_entry(plan.suite),
        regimes=regimes,
        corpus=provenance.corpus_entry(read_rows(store.path(plan.human))),
        components=provenance.component_entries(plan.suite),
        metrics=metrics,
        environment=provenance.environment(plan.device),
        seeds=suite.seeds,
        generations=suite.generations,
        comparisons=compare(measured, suite, against, metrics, Items(plan, store, missing)),
        equal_quality=compare_costs(measured, suite, last),
        agreements=agreements(plan, store, missing),
        claims=judge_claims(measured, suite, metrics),
        failures=[
            Failure(step=plan.steps[identity].label, reason=reason)
            for identity, reason in outcome.failures.items()
        ],
        costs=_costs(plan, store, missing),
        times=Times(
            started=occasion.started.isoformat(timespec="seconds"),
            finished=finished.isoformat(timespec="seconds"),
            seconds=round((finished - occasion.started).total_seconds(), 3),
            computed=len(outcome.computed),
            reused=len(outcome.reused),
        ),
    )
    written = samples(plan, store, missing)
    with _together(directory) as folder:
        (folder / "record.json").write_text(record.model_dump_json(indent=2) + "\n")
        pq.write_table(measured, folder / "measurements.parquet")
        pq.write_table(written, folder / "samples.parquet", compression="zstd")
        write_report(record, measured, written, folder / "report.html")
        write_cards(plan, record, measured, missing, folder / "cards")
    return record


@contextmanager
def _together(directory: Path) -> Iterator[Path]:
    """Give a folder whose files move into `directory` when all of them are written."""
    folder = directory / f".unfinished-{uuid.uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
        for path in sorted(folder.iterdir()):
            if path.is_dir():  # a folder takes no other's place
                shutil.rmtree(directory / path.name, ignore_errors=True)
            path.replace(directory / path.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _costs(plan: Plan, store: Store, missing: set[str]) -> list[KindCost]:
    """Sum what the steps spent when they were computed, in whichever run that was."""
    spent: dict[str, list[Cost]] = defaultdict(list)
    for identity, step in plan.steps.items():
        if identity not in missing:
            spent[step.kind].append(store.manifest(identity).cost)
    return [
        KindCost(kind=kind, steps=len(spent[kind]), cost=sum(spent[kind], NOTHING))
        for kind in STEP_KINDS
        if kind in spent
    ]
