"""Two passes over each side: one draws a sample, one shows every row to every check."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchsuite.api import UserError
from benchsuite_data_report.checks import CHECKS, Given
from benchsuite_data_report.checks.provenance import WANTED
from benchsuite_data_report.results import Assessment, File, Side, worst
from benchsuite_data_report.rows import Reading, Source
from benchsuite_data_report.sampling import Drawing, Sample

PASSES = 2
Told = Callable[[int], None]
"""Called with the bytes that were read since."""


@dataclass(frozen=True)
class Wanted:
    """What is assessed, and how."""

    synthetic: Source
    human: Source | None = None
    sample: int = 5_000
    seed: int = 0
    sets: Sequence[str] | None = None
    offensive: Path | None = None
    command: str = ""


def assess(wanted: Wanted, told: Told = lambda _: None) -> Assessment:
    """Assess a data set. Raises `UserError` for files that cannot be read.

    Memory does not grow with the files: rows come in batches, and what stays of them are
    samples, sketches and counts of fixed size.
    """
    started = time.monotonic()
    drawn, read = _draw(wanted.synthetic, wanted, told)
    human = _draw(wanted.human, wanted, told) if wanted.human else None
    given = Given(
        synthetic=drawn,
        human=human[0] if human else None,
        seed=wanted.seed,
        invalid=read.invalid,
        sets=wanted.sets,
        offensive=wanted.offensive,
        columns=read.columns,
    )
    checks = [kind(given) for kind in CHECKS]
    for batch in Reading(wanted.synthetic, WANTED, told).batches():
        for check in checks:
            check.see(batch)
    if wanted.human:
        for batch in Reading(wanted.human, (), told).batches():
            for check in checks:
                check.see_human(batch)
    outcomes = [check.outcome() for check in checks]
    return Assessment(
        benchsuite=version("benchsuite"),
        command=wanted.command,
        synthetic=_side(wanted.synthetic, read),
        human=_side(wanted.human, human[1]) if wanted.human and human else None,
        sample=len(drawn.texts),
        seed=wanted.seed,
        verdict=worst([outcome.verdict for outcome in outcomes]),
        outcomes=outcomes,
        seconds=round(time.monotonic() - started, 3),
    )


def _draw(source: Source, wanted: Wanted, told: Told) -> tuple[Sample, Reading]:
    reading, drawing = Reading(source, (), told), Drawing(wanted.sample, wanted.seed)
    for batch in reading.batches():
        drawing.add(batch)
    reading.check_some()
    return drawing.sample(), reading


def _side(source: Source, reading: Reading) -> Side:
    return Side(
        files=[_file(path) for path in source.paths],
        rows=reading.rows,
        invalid=dict(reading.invalid.most_common()),
    )


def _file(path: Path) -> File:
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        name = str(path).encode(errors="replace").decode()
        return File(name=name, bytes=path.stat().st_size, sha256=sha256)
    except OSError as failure:
        raise UserError(f"{path} cannot be read: {failure.strerror}.") from failure
