"""What cards of data and of models both say, in words."""

from __future__ import annotations

import json

from benchsuite.records.cards.licence import human_licence
from benchsuite.records.record import Record
from benchsuite.suites.explain import knobs
from benchsuite.suites.resolve import Gradings, ResolvedRegime, ResolvedSuite

_SCALE = (
    "It was made to measure what training on synthetic data does to a model, at a small scale, "
    "and for no other use."
)
_UNREAD = (
    "Nobody has read it: it may hold whatever the human text holds, personal data and offence "
    "included, and statements that are false."
)


def making(regime: ResolvedRegime, suite: ResolvedSuite, record: Record) -> dict[str, str]:
    """Return each knob of a regime in words, and the components with all their parameters.

    Of the corpus the name alone: where its files lie is nobody else's matter. Components are told
    by their documents, which leave out how a model behind an API is reached.
    """
    told = knobs(regime.regime)
    told["generations"] = str(_entry(regime, record))
    if regime.generator:
        told["written by"] = _given(regime.generator.document())
    if regime.graders:
        del told["graded by"]
    told |= _graded(regime.graders, "grader")
    if regime.choosers:
        del told["chosen by"]
    for source, gradings in regime.choosers.items():
        told |= _graded(gradings, f"{source} chosen by grader")
    told["model"] = _given(suite.learner.document())
    told["human text"] = f"{suite.corpus.name}, digest {record.corpus.digest}"
    told["seeds"] = ", ".join(map(str, record.seeds))
    return told


def limits(suite: ResolvedSuite, record: Record, regime: str) -> list[str]:
    """Return what is to be known before anything here is used."""
    found = [_SCALE, _UNREAD]
    licence = human_licence(suite)
    found.append(
        f"The human text behind it is published under: {licence}."
        if licence
        else "The licence of the human text behind it is not known to the run."
    )
    failed = [failure for failure in record.failures if f" {regime}, " in failure.step]
    if failed:
        found.append(f"{len(failed)} steps of {regime} have no result; see the record.")
    return found


def _entry(regime: ResolvedRegime, record: Record) -> int:
    return next(each.generations for each in record.regimes if each.name == regime.name)


def _graded(gradings: Gradings, title: str) -> dict[str, str]:
    told = {}
    for number, (grader, keep) in enumerate(gradings, start=1):
        rule = json.dumps(keep.model_dump(mode="json", exclude_none=True))
        told[f"{title} {number}"] = f"{_given(grader.document())}, rule {rule}"
    return told


def _given(document: dict[str, object]) -> str:
    given = ", ".join(f"{k} {json.dumps(v)}" for k, v in document.items() if k != "name")
    return f"{document['name']} ({given})" if given else str(document["name"])
