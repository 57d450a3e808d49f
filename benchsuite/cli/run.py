"""`benchsuite run`: a suite from plan to record."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from benchsuite.cli import registry
from benchsuite.cli.options import changes, resolved_device, suite_options

if TYPE_CHECKING:
    from benchsuite.engine.store import Store
    from benchsuite.plugins.registry import Registry
    from benchsuite.records.record import Record
    from benchsuite.records.write import Occasion
    from benchsuite.suites.resolve import ResolvedSuite


@click.command()
@suite_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to write record and report. [default: runs/SUITE]",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes that work side by side on a CPU. [default: one a core]",
)
def run(
    suite: str,
    regimes: Sequence[str],
    seeds: int | None,
    generations: int | None,
    device: Literal["auto", "cpu", "cuda"],
    store: str,
    settings: Sequence[str],
    out: Path | None,
    workers: int | None,
) -> None:
    """Run SUITE (a shipped name or a YAML file) and write its record and report.

    The same command goes on where a run was stopped, and computes nothing twice. SUITE may be a
    collection: its suites are run one after the other.
    """
    from benchsuite.suites.collection import resolve_all

    started = datetime.now(UTC)
    plugins = registry()
    changed = changes(regimes, seeds, generations, settings)
    collection, suites = resolve_all(suite, plugins, changed)

    from benchsuite.cli.agreements import print_agreements
    from benchsuite.cli.results import print_results
    from benchsuite.engine.store import Store
    from benchsuite.records.agreements import differing
    from benchsuite.records.write import Occasion

    name = collection.collection if collection else suites[0].suite.suite
    directory = out or Path("runs") / name
    workers = workers or (collection.workers if collection else None)
    on, kept = resolved_device(device), Store(store)
    records = []
    try:
        for number, resolved in enumerate(suites):
            if number:
                started = datetime.now(UTC)
            place = directory / resolved.suite.suite if collection else directory
            occasion = Occasion(shlex.join(["benchsuite", *sys.argv[1:]]), started)
            record = run_one(resolved, plugins, on, kept, workers, occasion, place)
            print_results(record, place)
            records.append(record)
    except KeyboardInterrupt:
        click.echo("Interrupted; the same command goes on from here.", err=True)
        sys.exit(130)
    print_agreements(records)
    if any(map(differing, records)):
        sys.exit(1)
    if any(record.failures for record in records):
        sys.exit(2)


def run_one(
    suite: ResolvedSuite,
    plugins: Registry,
    device: tuple[str, str],
    store: Store,
    workers: int | None,
    occasion: Occasion,
    directory: Path,
) -> Record:
    """Carry out the plan of one suite and write its record into a folder."""
    from benchsuite.cli.progress import Progress
    from benchsuite.engine.executor import execute
    from benchsuite.engine.plan import plan as unfold
    from benchsuite.records.write import writable, write_run

    unfolded = unfold(suite, device)
    writable(directory)
    with Progress(plugins) as progress:
        outcome = execute(unfolded, store, progress, workers)
        progress.writing()
        record = write_run(unfolded, store, outcome, occasion, directory)
        progress.written(directory)
    return record
