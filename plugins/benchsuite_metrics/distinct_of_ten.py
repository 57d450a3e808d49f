"""How many different answers ten tries give, against human text."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate, mean
from benchsuite_metrics.reference import Reference
from benchsuite_metrics.words import Words

TRIES = 10
_SHORT = 5  # words: the longest rows that are compared by shared words
_ALIKE = 0.458  # ROUGE-1 above which rows are one, as NoveltyBench's own unigram rule has it


class DistinctOfTenParameters(Reference):
    """How much text is compared."""

    groups: int = Field(20, ge=1, description="Groups of ten rows of samples, and of human text.")


class DistinctOfTen(WordGap[DistinctOfTenParameters]):
    """Different rows among ten, samples minus held-out human text.

    Rows are taken in tens, in their order: a row that is equivalent to the first of a class
    joins the first such class, or else begins one; the number of classes is averaged over the
    first `groups` groups. Equivalent: ROUGE-1 = 2 · shared words / words of both, counted with
    repetition, is above 0.458; where neither has more than 5 words, half of the longer one's
    words are shared at least. No value where there are fewer groups. Slices: `gap` = samples -
    human, `samples`, `human`. Unit: classes, from 1 to 10. n: groups. Interval: Student's t
    over groups. After NoveltyBench (Zhang et al., COLM 2025, arXiv:2504.05228), which asks a
    classifier of meaning where rows are longer than 5 words.

    Zero is best. The rule is cheap: of two rows that say one thing in other words it makes
    two. Samples without a prompt are hardly ever alike, so that it speaks where sampling is
    sharpened almost to one text; it is made for ten answers to one prompt.
    """

    parameters_type = DistinctOfTenParameters
    unit = "classes"

    def estimate(self, text: Words) -> Estimate:
        """Sort each group into classes."""
        rows = np.split(text.numbers, np.flatnonzero(np.diff(text.rows)) + 1)
        groups = len(rows) // TRIES if len(text) else 0
        if groups < self.parameters.groups:
            return Estimate(None, groups)
        tens = (rows[TRIES * at : TRIES * (at + 1)] for at in range(self.parameters.groups))
        return mean(np.array([max(classes(ten)) + 1 for ten in tens]))


def classes(rows: list[np.ndarray]) -> list[int]:
    """Return the class of each row, rows as numbers of words; classes in order of appearance."""
    alike = _equivalent(rows)
    first: list[int] = []
    found = []
    for row in range(len(rows)):
        joined = np.flatnonzero(alike[row, first])
        found.append(int(joined[0]) if len(joined) else len(first))
        if not len(joined):
            first.append(row)
    return found


def _equivalent(rows: list[np.ndarray]) -> np.ndarray:
    lengths = np.array([len(row) for row in rows])
    _, words = np.unique(np.concatenate(rows), return_inverse=True)
    places = np.repeat(np.arange(len(rows)), lengths) * (words.max(initial=0) + 1) + words
    size = len(rows) * (int(words.max(initial=0)) + 1)
    counts = np.bincount(places, minlength=size).reshape(len(rows), -1)
    shared = np.array([np.minimum(counts, row).sum(axis=1) for row in counts])
    sets = counts > 0
    in_common = sets.astype(np.int64) @ sets.T
    longer = np.maximum(lengths[:, None], lengths)
    by_rouge = 2 * shared > _ALIKE * (lengths[:, None] + lengths)
    alike: np.ndarray = np.where(longer <= _SHORT, 2 * in_common >= longer, by_rouge)
    return alike
