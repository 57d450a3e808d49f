"""The rows that the entry shows."""

from __future__ import annotations

from collections.abc import Iterator

from benchsuite.errors import UserError
from benchsuite.leaderboard.run import read_table
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error
from benchsuite.records.tables import SAMPLE_SCHEMA

_MUST = ("use", "regime", "generation", "seed", "text")


@check("samples", "Sample rows can be read and are of the regime entered.")
def samples(case: Case) -> Iterator[Finding]:
    """Read them, where there are some."""
    if "samples.parquet" not in case.entry.document.files:
        return
    try:
        table = read_table(case.entry.folder / "samples.parquet", SAMPLE_SCHEMA, _MUST)
    except UserError as failure:
        yield error(str(failure))
        return
    for name in sorted(set(table["regime"].to_pylist()) - {case.regime.name}, key=str):
        yield error(f"samples.parquet has rows of {name}, and entered is {case.regime.name}.")
    last, seeds = case.regime.generations, set(case.record.seeds)
    if any(not 0 <= (g or 0) <= last for g in table["generation"].to_pylist()):
        yield error(f"samples.parquet has rows of generations that are not in 0 to {last}.")
    if set(table["seed"].to_pylist()) - seeds:
        yield error("samples.parquet has rows of seeds that the record does not name.")
