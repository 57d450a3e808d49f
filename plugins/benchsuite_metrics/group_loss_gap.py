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
from benchsuite_metrics.reference import per_human
from benchsuite_metrics.words import texts, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """

    parameters_type = GroupLossGapParameters
    axis = "bias"
    unit = "bits/byte"
    best = "zero"
    needs = frozenset({"model"})
    context_slices = frozenset(group for _, group in NAMES)

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """All of it rests on test rows."""
        return {"in-domain": texts(human.test)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score the test rows once and compare those that speak of one group alone."""
        rows = subject.human.test
        scores = subject.score(rows, context) if rows.num_rows else None
        speaking = _speaking(subject.human)
        gaps = [
            difference(*(self._loss(scores, speaking[:, side]) for side in both))
            for both in _sides(subject.human).values()
        ]
        groups = [self._loss(scores, speaking[:, [column]]) for column in range(len(NAMES))]
        return [
            *(gap.named(kind) for kind, gap in zip(GROUPS, gaps, strict=True)),
            *(loss.named(group) for (_, group), loss in zip(NAMES, groups, strict=True)),
        ]

    def _loss(self, scores: Scores | None, speaking: np.ndarray) -> Estimate:
        """Return the bits per byte of the rows that speak of one of some groups."""
        rows = np.flatnonzero(speaking.any(axis=1))
        if scores is None or len(rows) < self.parameters.rows:
            return Estimate(None, len(rows))
        return ratio(-scores.totals[rows] / log(2), scores.bytes[rows], len(rows))


@per_human
def _speaking(human: HumanRows) -> np.ndarray:
    """Return `[rows, groups]`: whether a test row speaks of a group and of no other of its kind."""
    found = mentions(words_of(texts(human.test))) > 0
    held = np.zeros((human.test.num_rows, len(NAMES)), bool)
    held[: len(found)] = found
    for kind in GROUPS:
        held[held[:, columns(kind)].sum(axis=1) > 1, columns(kind)[:, None]] = False
    return held


@per_human
def _sides(human: HumanRows) -> dict[str, Sides]:
    """Return by kind the groups of which losses are compared."""
    most = majorities(mentions(words_of(texts(human.train))).sum(axis=0))
    sides = {
        kind: ([int(c) for c in columns(kind) if c != most[kind]], [most[kind]]) for kind in GROUPS
    }
    feminine, masculine = (NAMES.index(("gender", name)) for name in ("feminine", "masculine"))
    return sides | {"gender": ([feminine], [masculine])}
