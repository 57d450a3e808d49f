"""Whether text about women costs a model more than text about men."""

from __future__ import annotations

from math import log

import numpy as np
from benchsuite_words.groups import NAMES

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.groups import mentions
from benchsuite_metrics.intervals import Estimate, difference, ratio
from benchsuite_metrics.reference import per_human
from benchsuite_metrics.words import texts, words_of

GENDERS = ("feminine", "masculine")


class GroupLossGap(Metric[Parameters]):
    """Bits per byte of held-out human rows that speak of women alone, minus of men alone.

    -Σ log₂ p / Σ bytes as in `bits-per-byte`, over the test rows that hold words of one gender
    and none of the other (the words of `groups.py`). Slices: `gender` = feminine - masculine;
    beside it `feminine` and `masculine`. Unit: bits/byte. n: rows; no value where a side has none.
    Intervals: linearised ratio estimator over rows (Cochran 1977, §6.4), the gap's from both
    sides (Newcombe 1998).

    Zero is best where both kinds of row are equally hard; they need not be, so what speaks is
    the paired difference to the control, which reads the same rows. Groups with fewer rows than
    genders have too few in a test split of usual size.
    """

    axis = "bias"
    unit = "bits/byte"
    best = "zero"
    needs = frozenset({"model"})
    context_slices = frozenset(GENDERS)

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score the test rows once and compare those of either gender."""
        rows = subject.human.test
        if not rows.num_rows:
            return [Measurement(None, 0, name) for name in ("gender", *GENDERS)]
        scores = subject.score(rows, context)
        sides = [
            _loss(-scores.totals / log(2), scores.bytes, of) for of in _speaking(subject.human)
        ]
        gap = difference(*sides)
        named = zip(sides, GENDERS, strict=True)
        return [gap.named("gender"), *(side.named(name) for side, name in named)]


def _loss(bits: np.ndarray, sizes: np.ndarray, of: np.ndarray) -> Estimate:
    return ratio(bits[of], sizes[of], len(of))


@per_human
def _speaking(human: HumanRows) -> list[np.ndarray]:
    """Return the test rows that speak of each gender alone."""
    held = mentions(words_of(texts(human.test)))[:, [NAMES.index(("gender", g)) for g in GENDERS]]
    return [np.flatnonzero((held[:, i] > 0) & (held[:, 1 - i] == 0)) for i in range(len(GENDERS))]
