"""Measurements that mathematics says the value of, and whether they agree with it."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from benchsuite.engine.operations.measure import MEASUREMENTS
from benchsuite.engine.steps import Plan
from benchsuite.engine.store import Store
from benchsuite.records.record import Agreement, Agrees, Record
from benchsuite.stats.agreement import Distance, over_seeds, within_models

Found = dict[tuple[str, int, str, str], list[dict[str, Any]]]
"""Measurements of all seeds, for each (regime, generation, metric, slice)."""

TOO_FAR = 4.0
"""|z| from which on a value is not what it should be: by chance once in 16,000."""


def agreements(plan: Plan, store: Store, missing: set[str]) -> list[Agreement]:
    """Compare what was measured with what it should be; `missing` steps have no result."""
    return [
        _agreement(key, seeds)
        for key, seeds in _found(plan, store, missing).items()
        if all(measured["expected"] and measured["value"] is not None for measured in seeds)
    ]


def differing(record: Record) -> list[Agreement]:
    """Return what is not as mathematics says it should be."""
    return [agreement for agreement in record.agreements if agreement.verdict == "differs"]


def shown(record: Record) -> list[Agreement]:
    """Return each case at its last generation, after whatever differs at another."""
    cases: dict[tuple[str, str, str], list[Agreement]] = {}
    for regime in record.regimes:
        for agreement in record.agreements:
            if agreement.regime == regime.name:
                key = (agreement.regime, agreement.metric, agreement.slice)
                cases.setdefault(key, []).append(agreement)
    return [
        agreement
        for *before, last in cases.values()
        for agreement in (*(each for each in before if each.verdict == "differs"), last)
    ]


def in_words(every: Sequence[Agreement]) -> str:
    """Count comparisons of all generations by their outcome."""
    zs = [abs(agreement.z) for agreement in every if agreement.z is not None]
    exactly = sum(agreement.error == 0 for agreement in every)
    verdicts = Counter(agreement.verdict for agreement in every)
    words = f"{len(every):,} comparisons at all generations, {exactly:,} of them exact (SE 0)"
    if zs:
        words += f"; the largest |z| of the others is {max(zs):.2f}"
    unclear = f", {verdicts['unclear']} unclear" if verdicts["unclear"] else ""
    return f"{words}: {verdicts['agrees']:,} agree, {verdicts['differs']} differ{unclear}."


def _found(plan: Plan, store: Store, missing: set[str]) -> Found:
    found: Found = defaultdict(list)
    for cell in plan.cells:
        for metric, identity in cell.measures.items():
            if identity in missing:
                continue
            for measured in json.loads((store.path(identity) / MEASUREMENTS).read_text()):
                key = (cell.regime, cell.generation, metric, measured["slice"])
                found[key].append(measured)
    return found


def _agreement(key: tuple[str, int, str, str], seeds: Sequence[dict[str, Any]]) -> Agreement:
    regime, generation, metric, slice_ = key
    expected = seeds[0]["expected"]
    values = [measured["value"] for measured in seeds]
    distance, verdict = _judged(values, [measured["expected"] for measured in seeds])
    return Agreement(
        regime=regime,
        generation=generation,
        metric=metric,
        slice=slice_,
        formula=expected["formula"],
        exact=expected["exact"],
        measured=sum(values) / len(values),
        error=distance.error,
        tolerance=expected["tolerance"] if distance.error == 0 else None,
        z=distance.z,
        seeds=len(seeds),
        verdict=verdict,
    )


def _judged(values: Sequence[float], expected: Sequence[dict[str, Any]]) -> tuple[Distance, Agrees]:
    """Return how far off the mean of all seeds is, and whether that is too far."""
    exact, tolerance = expected[0]["exact"], expected[0]["tolerance"]
    if all(each["error"] == 0 for each in expected):
        holds = all(abs(value - exact) <= tolerance for value in values)
        return Distance(0.0, None), "agrees" if holds else "differs"
    if any(each["error"] is None for each in expected):
        distance = over_seeds(values, exact)
    else:
        zs = [_z(value, each) for value, each in zip(values, expected, strict=True)]
        independent = all(each["independent"] for each in expected)
        errors = [each["error"] for each in expected]
        distance = within_models(errors, zs, independent=independent)
    if distance.z is None:
        return distance, "unclear"
    return distance, "differs" if abs(distance.z) > TOO_FAR else "agrees"


def _z(value: float, expected: dict[str, Any]) -> float:
    """Return the measurement's own z, by default how many standard errors it is off."""
    if expected["z"] is not None:
        return float(expected["z"])
    return float((value - expected["exact"]) / (expected["error"] or math.inf))
