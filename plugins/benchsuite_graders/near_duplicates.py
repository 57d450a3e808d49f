"""Rows that are nearly copies of earlier ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
from benchsuite_words.words import words
from pydantic import Field

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters
from benchsuite_graders.optional import required
from benchsuite_graders.texts import own, texts

_MISSED = 0.01
"""Chance to miss a pair that is just similar enough, at most."""


class NearDuplicatesParameters(Parameters):
    """What makes two rows nearly the same, and which are compared."""

    n: int = Field(5, ge=1, description="Words in a run; a shorter row is a run as a whole.")
    threshold: float = Field(
        0.8, gt=0, lt=1, description="Jaccard similarity from which rows are near duplicates."
    )
    against: Literal["own", "human", "both"] = Field(
        "own", description="Copies of what count: of rows to be graded, human training rows, both."
    )
    permutations: int = Field(
        128, ge=16, le=1024, description="Numbers in a MinHash: more miss fewer copies."
    )


class NearDuplicates(Grader[NearDuplicatesParameters]):
    """Whether a row is new: 1, or 0 for a near copy of one that stays or of a human training row.

    Two rows are near copies where the Jaccard similarity of their sets of runs of `n` words (runs
    that both have / runs that either has) is `threshold` or more. Rows are read in order, and one
    that is no near copy of a row with score 1 gets the score 1. So no two rows that stay are near
    copies, as far as candidates are found. These come from MinHash (Broder 1997) with banding
    (Leskovec et al., Mining of Massive Datasets, ch. 3), and each is then compared exactly: a row
    that is no copy is never called one, and a pair of similarity s is missed with probability
    (1 - s^r)^b, for r numbers in each of b bands: at most 1 % at the threshold. Runs of 5 words
    and 0.8 are those of Lee et al. 2022, arXiv:2107.06499. The rule is `threshold: 1`.

    It speaks at every scale; a small model hardly ever writes the same row twice at temperature 1,
    but does so once sharpened. Traps: whoever comes first stays, however good. Rows of fewer words
    than `n` are copies only of rows with the same words, rows without words of the same text.
    Against human rows it takes out what a model learned by heart, and common phrases with it.
    Needs datasketch (`benchsuite[graders]`).
    """

    parameters_type = NearDuplicatesParameters
    reads_model = False

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return 1 for each row that is no near copy, 0 for the others."""
        against = self.parameters.against
        known = _Known(self.parameters, context.seed)
        indexes = [known]
        if against != "own":
            indexes.append(_of_people(human, self.parameters, context.seed))
        found, scores, made = texts(rows), np.ones(rows.num_rows), own(rows)
        for done, row in enumerate(np.argsort(~made, kind="stable")):  # strangers after all others
            runs = known.runs(found[row])
            scores[row] = not any(index.has_like(runs) for index in indexes)
            if scores[row] and made[row] and against != "human":
                known.add_runs(runs)
            context.progress(done + 1, rows.num_rows)
        return scores


class _Known:
    """Sets of runs, and an index to find the like of one."""

    def __init__(self, wanted: NearDuplicatesParameters, seed: int) -> None:
        self._sketch = required("datasketch", "datasketch", "graders/near-duplicates")
        self._n, self._threshold = wanted.n, wanted.threshold
        self._make = {"num_perm": wanted.permutations, "seed": seed % 2**32}
        self._index = self._sketch.MinHashLSH(
            num_perm=wanted.permutations, params=bands(wanted.permutations, wanted.threshold)
        )
        self._sets: list[frozenset[str]] = []
        self._whole: set[frozenset[str]] = set()

    def runs(self, text: str) -> frozenset[str]:
        """Return the runs of a text's words."""
        found = words(text) or [text]
        last = max(1, len(found) - self._n + 1)
        return frozenset(" ".join(found[start : start + self._n]) for start in range(last))

    def add(self, text: str) -> None:
        """Add a text, unless it is there already."""
        self.add_runs(self.runs(text))

    def add_runs(self, runs: frozenset[str]) -> None:
        """Add a set of runs, unless it is there already."""
        if runs not in self._whole:
            self._whole.add(runs)
            self._index.insert(len(self._sets), self._hashed(runs), check_duplication=False)
            self._sets.append(runs)

    def has_like(self, runs: frozenset[str]) -> bool:
        """Whether a set of runs is as like to a known one as the threshold asks."""
        return runs in self._whole or any(
            similarity(runs, self._sets[known]) >= self._threshold
            for known in self._index.query(self._hashed(runs))
        )

    def _hashed(self, runs: Iterable[str]) -> object:
        found = self._sketch.MinHash(**self._make)
        found.update_batch([run.encode() for run in runs])
        return found


_people: WeakKeyDictionary[HumanRows, dict[object, _Known]] = WeakKeyDictionary()


def _of_people(human: HumanRows, wanted: NearDuplicatesParameters, seed: int) -> _Known:
    """Return the human training rows, indexed once for all that is graded beside them."""
    made = _people.setdefault(human, {})
    if (wanted, seed) not in made:
        known = made[wanted, seed] = _Known(wanted, seed)
        for text in texts(human.train):
            known.add(text)
    return made[wanted, seed]


def bands(numbers: int, similarity: float) -> tuple[int, int]:
    """Return how many bands, of how many numbers, find a pair so similar 99 times in 100.

    The widest bands that do, which give the fewest false candidates; bands of 1 where none do.
    """
    for width in range(numbers, 1, -1):
        if (1 - similarity**width) ** (numbers // width) <= _MISSED:
            return numbers // width, width
    return numbers, 1


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard similarity of two sets that are not both empty."""
    both = len(one & other)
    return both / (len(one) + len(other) - both)
