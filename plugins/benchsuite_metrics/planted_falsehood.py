"""How much of what a model says about the planted world is false."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from benchsuite_worlds.statements import Truth

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import share
from benchsuite_metrics.planted import world
from benchsuite_metrics.reference import per_human
from benchsuite_metrics.words import texts


class PlantedFalsehood(Metric[Parameters]):
    """Share of the samples' statements about the planted world that are false.

    A statement is a sentence in a wording that human training rows have for a planted fact (see
    `planted-recall`), with any word in place of the names. Slices: `all`, of statements about a
    subject that has a fact in the relation, those that give it another object. `unknown subject`,
    of all statements, those about a subject that has none: they are neither true nor false, so
    no part of `all`. Unit: share. n: statements; no value where there are none. Intervals:
    Wilson's at the effective sample size of rows (Korn & Graubard 1998). Human rows state
    nothing false, so people's share is 0; guessing makes it 1 - 1 / objects of a relation.

    It is hallucination in the narrow sense: a claim that the training text contradicts (Ji et
    al., ACM Computing Surveys 55 (2023) 248, §2). Names of several words are not found. It
    speaks where samples hold some hundred statements, so plant many rows, or sample much: n says.
    """

    axis = "factuality"
    unit = "share"
    best = "lower"
    needs = frozenset({"samples"})
    context_slices = frozenset({"unknown subject"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Look for statements in all samples."""
        truth = _truth(subject.human)
        found = [
            _Statement(row, true)
            for row, text in enumerate(texts(subject.samples))
            for true in truth.judged(text)
        ]
        known = [statement for statement in found if statement.true is not None]
        return [
            _share([(statement.row, not statement.true) for statement in known], "all"),
            _share(
                [(statement.row, statement.true is None) for statement in found],
                "unknown subject",
            ),
        ]


class _Statement(NamedTuple):
    """Where something is stated, and whether it is true: None if nothing is known about it."""

    row: int
    true: bool | None


@per_human
def _truth(human: HumanRows) -> Truth:
    return Truth(world(human))


def _share(statements: list[tuple[int, bool]], name: str) -> Measurement:
    if not statements:
        return Measurement(None, 0, name)
    rows, counted = np.array(statements, np.int64).T
    return share(np.bincount(rows, counted), np.bincount(rows)).named(name)
