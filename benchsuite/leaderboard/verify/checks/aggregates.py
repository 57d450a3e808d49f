"""Every aggregate of the record, computed again from the measurements."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error, note
from benchsuite.leaderboard.verify.rows import Place
from benchsuite.records.claims import judge_claims
from benchsuite.records.comparisons import compare
from benchsuite.records.equal_quality import compare_costs
from benchsuite.suites.suite import Suite

_CLOSE = 1e-9
"""Relative: sums in another order round in another way."""

_MOST = 1_000_000
"""Values that go into aggregates; a run of a board has some thousands of measurements."""

_OF_ITEMS = {"items", "items_lower", "items_upper"}
"""Not in the measurements: these are from the answers to single questions."""


@check("aggregates", "Comparisons, claims and means follow from the measurements.")
def aggregates(case: Case) -> Iterator[Finding]:
    """Compute them again; what damaged measurements cannot give is an error too."""
    with np.errstate(all="ignore"):
        try:
            if _work(case) > _MOST:
                yield error("it has more aggregates than there can be measurements for.")
                return
            yield from _comparisons(case)
            yield from _equal_quality(case)
            yield from _claims(case)
        except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError):
            yield error("comparisons and claims cannot be computed from the measurements.")
    yield from _agreements(case)


def _work(case: Case) -> int:
    """Return about how many values go into all aggregates."""
    suite = _suite(case)
    models = len(case.regimes) * (suite.generations + 1)
    contrasts = sum(len(claim.contrasts) for claim in suite.claims) * (suite.generations + 1)
    asked = suite.equal_quality
    costs = models * len(asked.cost) * len(asked.curve) if asked else 0
    return len(suite.seeds) * (len(case.rows) + contrasts + costs)


def _comparisons(case: Case) -> Iterator[Finding]:
    against = {regime.name: regime.against for regime in case.record.regimes}
    found = compare(_known(case), _suite(case), against, case.record.metrics)
    yield from _same(
        case.record.comparisons,
        found,
        lambda c: str(Place(c.regime, c.generation, c.metric, c.slice)),
        "comparison",
        _OF_ITEMS,
    )


def _equal_quality(case: Case) -> Iterator[Finding]:
    last = {regime.name: regime.generations for regime in case.record.regimes}
    yield from _same(
        case.record.equal_quality,
        compare_costs(_known(case), _suite(case), last),
        lambda e: str(Place(e.regime, e.generation, e.cost_metric, e.cost_slice)),
        "cost at equal quality",
        set(),
    )


def _claims(case: Case) -> Iterator[Finding]:
    found = judge_claims(_known(case), _suite(case), case.record.metrics)
    yield from _same(case.record.claims, found, lambda claim: claim.claim, "claim", set())


def _agreements(case: Case) -> Iterator[Finding]:
    """Compare the means beside exact values; the exact values are not in the measurements."""
    for agreement in case.record.agreements:
        place = Place(agreement.regime, agreement.generation, agreement.metric, agreement.slice)
        values = [row["value"] for row in case.rows.get(place, {}).values()]
        known = [value for value in values if value is not None]
        if len(known) != agreement.seeds or not _close(agreement.measured, _mean(known)):
            yield error(f"what was measured beside an exact value is another: {place}.")


def _same(
    given: Sequence[BaseModel],
    found: Sequence[BaseModel],
    name: Callable[[Any], str],
    what: str,
    but: set[str],
) -> Iterator[Finding]:
    """Compare what the record gives with what was found, each by its name."""
    own, wanted = ({name(each): each for each in side} for side in (given, found))
    if len(own) < len(given):
        yield error(f"a {what} stands in the record twice.")
    for key in sorted(own.keys() ^ wanted.keys()):
        missing = key in wanted
        yield error(f"the {what} {key} is {'missing' if missing else 'of no measurement'}.")
    unsaid: set[str] = set()
    for key in sorted(own.keys() & wanted.keys()):
        one, other = (each[key].model_dump(exclude=but) for each in (own, wanted))
        said = own[key].model_fields_set & one.keys()
        unsaid |= one.keys() - said
        differs = sorted(field for field in said if not _close(one[field], other[field]))
        if differs:
            yield error(
                f"the {what} {key} does not follow from the measurements: {', '.join(differs)}."
            )
    if unsaid:
        yield note(f"each {what} lacks {', '.join(sorted(unsaid))}; an older version wrote it.")


def _close(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_close(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_close, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=1e-12)
    return bool(one == other)


def _known(case: Case) -> pa.Table:
    """Return the measurements of the regimes and metrics that the record knows."""
    table = case.entry.run.measurements
    metrics = pa.array([metric.name for metric in case.record.metrics], pa.string())
    known = pc.is_in(table["regime"], pa.array(list(case.regimes), pa.string()))
    return table.filter(pc.and_(known, pc.is_in(table["metric"], metrics)))


def _suite(case: Case) -> Suite:
    return Suite.model_validate(case.record.suite.document)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
