"""The regimes that were run."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from benchsuite.identity import digest
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error
from benchsuite.records.record import RegimeEntry
from benchsuite.suites.regime import Regime


@check("regimes", "One regime is entered, beside the board's own control and blind self-training.")
def regimes(case: Case) -> Iterator[Finding]:
    """See that all are what their documents say, and no other regime was run."""
    control, blind = case.anchors
    entered = case.regime
    frozen = {regime.name: regime for regime in case.frozen.regimes}
    wanted = {*frozen, entered.name, entered.against}
    for name in (control, blind):
        if name not in case.regimes:
            yield error(f"the board's {name} was not run; scores are from it.")
    if entered.name in frozen:
        yield error(f"{entered.name} is one of the board's baselines; enter another regime.")
    for regime in case.record.regimes:
        if regime.name not in wanted:
            yield error(f"{regime.name} was run beside; an entry is one regime, costs and all.")
        elif regime.name in frozen:
            yield from _same(regime, frozen[regime.name])
        yield from _agrees_with_itself(regime, case)
    if len(case.regimes) < len(case.record.regimes):
        yield error("a regime stands in the record twice.")
    if entered.generations != case.frozen.generations:
        yield error(
            f"{entered.name} ends with generation {entered.generations}, the board with "
            f"{case.frozen.generations}."
        )
    if entered.document.get("division") == "open" and not case.open:
        yield error(f"{entered.name} is of the open division, and the entry is in the closed one.")


def _same(own: RegimeEntry, frozen: RegimeEntry) -> Iterator[Finding]:
    if (own.digest, own.against, own.generations) != (
        frozen.digest,
        frozen.against,
        frozen.generations,
    ):
        yield error(f"{own.name} is not the board's {own.name}: its digest is another.")


def _agrees_with_itself(regime: RegimeEntry, case: Case) -> Iterator[Finding]:
    """See that the record says of a regime what its document says."""
    try:
        read = Regime.model_validate(regime.document)
    except ValidationError as failure:
        at = ".".join(map(str, failure.errors()[0]["loc"]))
        yield error(f"{regime.name} in the record is no regime document: {at or 'it'} is wrong.")
        return
    if digest(regime.document) != regime.digest:
        yield error(f"the digest of {regime.name} in the record is not that of its document.")
    against = read.control or case.anchors[0]
    last = min(read.generations or case.record.generations, case.record.generations)
    said = (regime.name, regime.version, regime.against, regime.control, regime.generations)
    if said != (read.regime, read.version, against, against == read.regime, last):
        yield error(f"what the record says of {regime.name} is not what its document says.")
    control = case.regimes.get(regime.against)
    if control is None or control.against != control.name:
        yield error(f"{regime.name} is compared with {regime.against}, which is no control here.")
