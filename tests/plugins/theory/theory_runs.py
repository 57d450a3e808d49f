"""Suites of the theory collection run by the command itself, in this process."""

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner, Result

from benchsuite.cli.run import run
from benchsuite.records import write
from benchsuite.records.record import Agreement, Record
from benchsuite.suites.shipped import home

FOLDER = home("collection", "theory") / "theory"


def run_case(
    folder: Path, name: str, *settings: str, regime: str | None = None, generations: int = 3
) -> tuple[Result, Record]:
    """Run one suite, or one regime of it; return what the command printed and its record.

    The page is left out, which other tests look at: drawing it takes a fifth of the time.
    """
    arguments = [str(FOLDER / f"{name}.yaml"), "--workers", "1", "--device", "cpu"]
    arguments += ["--store", str(folder / "store"), "--out", str(folder / "out")]
    arguments += ["--generations", str(generations)]
    if regime:
        own = FOLDER / f"{regime}.yaml"
        arguments += ["--regime", str(own) if own.exists() else regime]
    arguments += [word for setting in settings for word in ("--set", setting)]
    with patch.object(write, "write_report"):
        result = CliRunner().invoke(run, arguments)
    record = folder / "out" / "record.json"
    assert record.exists(), f"{result.output}{result.exception!r}"
    return result, Record.model_validate_json(record.read_text())


def differing(record: Record) -> Sequence[Agreement]:
    return [agreement for agreement in record.agreements if agreement.verdict == "differs"]
