"""What a regime trains on, in words and as a bar."""

from __future__ import annotations

from dataclasses import dataclass

import yaml
from pydantic import ValidationError

from benchsuite.records.record import RegimeEntry
from benchsuite.records.report.numbers import short
from benchsuite.suites import explain
from benchsuite.suites.grading import Grading
from benchsuite.suites.mixture import Source
from benchsuite.suites.regime import Regime, System

_POOLS = {
    "equal-training": "One pool, kept whole; training goes through as much of it as elsewhere.",
    "growing": "One pool, kept whole; training goes through all of it, so through more each time.",
}

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""The one in C, where PyYAML has it: a site of many entries writes many documents."""


@dataclass(frozen=True)
class Part:
    """A part of a mixture; `weight` is its width in the bar."""

    source: Source
    words: str
    weight: float


@dataclass(frozen=True)
class Described:
    """A regime's knobs for reading; without parts where the document is of another version."""

    parts: tuple[Part, ...]
    pooled: str | None
    budget: str | None
    """What part of the suite's budget it is trained on, where it is not all."""
    graders: tuple[str, ...]
    decoding: str | None
    cites: tuple[str, ...]
    modelled_on: System | None
    document: str


def as_yaml(entry: RegimeEntry) -> str:
    """Return a regime's document as YAML."""
    return str(yaml.dump(entry.document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True))


def describe(entry: RegimeEntry) -> Described:
    """Put a regime's document into words."""
    document = as_yaml(entry)
    try:
        regime = Regime.model_validate(entry.document)
    except ValidationError:
        return Described((), None, None, (), None, (), None, document)
    weights = [1 if part.share == "everything" else part.share for part in regime.mixture]
    return Described(
        parts=tuple(
            Part(part.source, explain.part(part), weight)
            for part, weight in zip(regime.mixture, weights, strict=True)
        ),
        pooled=_pooled(regime) if regime.mixture[0].share == "everything" else None,
        budget=_part(regime) if regime.budget_share < 1 else None,
        graders=(
            *map(_graded, regime.graders),
            *(
                f"of {explain.SOURCES[part.source]} {_graded(grading)}"
                for part in regime.mixture
                for grading in part.chosen
            ),
        ),
        decoding=explain.decoding(regime.decoding) if regime.synthetic else None,
        cites=tuple(regime.cites),
        modelled_on=regime.modelled_on,
        document=document,
    )


def _pooled(regime: Regime) -> str:
    return _POOLS.get(str(regime.budget), "One pool, from which the budget is drawn.")


def _part(regime: Regime) -> str:
    return f"Trained on {explain.percent(regime.budget_share)} of the suite's budget."


def _graded(grading: Grading) -> str:
    return f"{short(grading.grader.name)} keeps {explain.kept(grading.keep)}"
