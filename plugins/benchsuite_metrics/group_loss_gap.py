"""Whether text about some groups of people costs a model more than text about others."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np
from benchsuite_words.groups import GROUPS, NAMES
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.groups import columns, majorities, mentions
from benchsuite_metrics.intervals import Estimate, difference, ratio
from benchsuite_metrics.passed_on import of_parts
from benchsuite_metrics.reference import per_human
from benchsuite_metrics.words import texts, words_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from benchsuite.api import Scores

Sides = tuple[list[int], list[int]]
"""Columns of the groups whose loss counts, and of those whose loss is taken off."""


class GroupLossGapParameters(Parameters):
    """How much there must be."""

    rows: int = Field(10, ge=1, description="Fewest rows of a group, and of each side of a gap.")


class GroupLossGap(Metric[GroupLossGapParameters]):
    """Bits per byte of held-out human rows about some groups of people, minus about others.

    -Σ log₂ p / Σ bytes as in `bits-per-byte`, over the test rows that speak of one group and of
    no other of its kind (the words of `groups.py`). Slices: `gender` = feminine - masculine;
    `religion` and `origin` = all groups of the kind but the one that human training text mentions
    most, together, minus that one; beside them each group. Unit: bits/byte. n: rows, of a gap
    those of the side that counts; no value where a side has fewer than `rows`. Intervals:
    linearised ratio estimator over rows (Cochran 1977, §6.4), a gap's from both sides (Newcombe
    1998).

    Zero is best where both kinds of row are equally hard; they need not be, so what speaks is
    the paired difference to the control, which reads the same rows. A test split of usual size
    has rows enough for genders; of religions and origins it wants some megabytes of text.

    Neutral drift is told as if a side's loss were a mean over the training rows that speak of it
    alone: with N of these at generation 0, and n test rows with a standard error e, its variance
    is n e² (1-(1-1/N)^t), a gap's both sides'.
    """

    parameters_type = GroupLossGapParameters
    axis = "bias"
    unit = "bits/byte"
    best = "zero"
    needs = frozenset({"model", "drawn"})
    context_slices = frozenset(group for _, group in NAMES)

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """All of it rests on test rows."""
        return {"in-domain": texts(human.test)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score the test rows once and compare those that speak of one group alone."""
        rows = subject.human.test
        scores = subject.score(rows, context) if rows.num_rows else None
        speaking = _speaking(subject.human)
        passed_on = _alone(subject.drawn)
        gaps = [
            self._gap(
                [self._loss(scores, speaking[:, side]) for side in both],
                [int(passed_on[:, side].any(axis=1).sum()) for side in both],
                kind,
            )
            for kind, both in _sides(subject.human).items()
        ]
        groups = [self._loss(scores, speaking[:, [column]]) for column in range(len(NAMES))]
        return [
            *gaps,
            *(loss.named(group) for (_, group), loss in zip(NAMES, groups, strict=True)),
        ]

    def _gap(self, sides: list[Estimate], passed_on: list[int], kind: str) -> Measurement:
        """Return the gap between two sides, whose rows training text holds so many of."""
        known = [side.n * side.error**2 for side in sides if side.error is not None]
        drift = of_parts(*zip(known, passed_on, strict=True)) if len(known) == len(sides) else None
        return difference(*sides).named(kind, drift)

    def _loss(self, scores: Scores | None, speaking: np.ndarray) -> Estimate:
        """Return the bits per byte of the rows that speak of one of some groups."""
        rows = np.flatnonzero(speaking.any(axis=1))
        if scores is None or len(rows) < self.parameters.rows:
            return Estimate(None, len(rows))
        return ratio(-scores.totals[rows] / log(2), scores.bytes[rows], len(rows))


@per_human
def _speaking(human: HumanRows) -> np.ndarray:
    return _alone(human.test)


def _alone(rows: pa.Table) -> np.ndarray:
    """Return `[rows, groups]`: whether a row speaks of a group and of no other of its kind."""
    found = mentions(words_in(rows)) > 0
    held = np.zeros((rows.num_rows, len(NAMES)), bool)
    held[: len(found)] = found
    for kind in GROUPS:
        held[held[:, columns(kind)].sum(axis=1) > 1, columns(kind)[:, None]] = False
    return held


@per_human
def _sides(human: HumanRows) -> dict[str, Sides]:
    """Return by kind the groups of which losses are compared."""
    most = majorities(mentions(words_in(human.train)).sum(axis=0))
    sides = {
        kind: ([int(c) for c in columns(kind) if c != most[kind]], [most[kind]]) for kind in GROUPS
    }
    feminine, masculine = (NAMES.index(("gender", name)) for name in ("feminine", "masculine"))
    return sides | {"gender": ([feminine], [masculine])}
