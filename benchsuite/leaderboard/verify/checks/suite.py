"""The suite that was run."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from benchsuite.identity import digest
from benchsuite.leaderboard.protocol import differing, is_fixed
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error
from benchsuite.suites.suite import Suite


@check("suite", "The suite that was run is the board's, but for what an open entry says differs.")
def suite(case: Case) -> Iterator[Finding]:
    """Compare the resolved documents and the human rows."""
    yield from _agrees_with_itself(case)
    differs, said = differing(case.record, case.frozen), case.entry.document.differs
    for key in differs:
        if is_fixed(key):
            yield error(f"{key} of the suite is not the board's; it may differ in no division.")
        elif not case.open:
            yield error(f"{key} of the suite is not the board's; that is for the open division.")
        elif key not in said:
            yield error(f"{key} of the suite is not the board's, and differs does not name it.")
    for key in said:
        if key not in differs:
            yield error(f"differs names {key}, which is as the board has it.")
    if case.record.corpus.digest != case.frozen.corpus.digest:
        yield error("the human rows are not the board's: the digest of the corpus is another.")


def _agrees_with_itself(case: Case) -> Iterator[Finding]:
    """See that the record says of the suite what the suite's document says."""
    record, document = case.record, case.record.suite.document
    try:
        read = Suite.model_validate(document)
    except ValidationError as failure:
        at = ".".join(map(str, failure.errors()[0]["loc"]))
        yield error(f"the suite in the record is no suite document: {at or 'it'} is wrong.")
        return
    if digest([document, [regime.digest for regime in record.regimes]]) != record.suite.digest:
        yield error("the suite's digest in the record is not that of its document and regimes.")
    said = {
        "name": (record.suite.name, read.suite),
        "version": (record.suite.version, read.version),
        "seeds": (record.seeds, read.seeds),
        "generations": (record.generations, read.generations),
        "regimes": ([regime.name for regime in record.regimes], read.regimes),
        "metrics": ([m.name for m in record.metrics], [m.name for m in read.metrics]),
    }
    for what, (one, other) in said.items():
        if one != other:
            yield error(f"the record's {what} are not those of the suite in it.")
