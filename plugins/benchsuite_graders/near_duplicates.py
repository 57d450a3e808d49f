"""Rows that are nearly copies of earlier ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters
from benchsuite_graders.optional import required
from benchsuite_graders.texts import texts
from benchsuite_words.words import words

_RECALL = (0.1, 0.9)
"""What banding weighs false and missed candidates by: false ones cost but a comparison."""


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

    Two rows are near copies where the Jaccard similarity |A ∩ B| / |A ∪ B| of their sets of runs
    of `n` words is `threshold` or more. Rows are read in order: one that is no near copy of a row
    with score 1 has score 1. So no two rows that stay are near copies, as far as candidates are
    found. These come from MinHash (Broder 1997) with banding (Leskovec et al., Mining of Massive
    Datasets, ch. 3), and each is then compared exactly: a row that is no copy is never called
    one, and a pair of similarity s is missed with probability (1 - s^r)^b, for r numbers in each
    of b bands, which datasketch chooses with missed pairs weighing nine times false ones. Runs of
    words and 0.8: Lee et al. 2022, arXiv:2107.06499 (5-grams, 0.8). Rules: `threshold: 1`.

    Traps: whoever comes first stays, however good. Rows of fewer words than `n` are copies only if
    their words are the same. Rows without words are compared letter by letter. Against human rows
    it takes out what a model learned by heart, and common phrases with it. A small model hardly
    ever writes the same row twice at temperature 1; sharpened, it does.
    Needs datasketch (`benchsuite[graders]`).
    """

    parameters_type = NearDuplicatesParameters

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return 1 for each row that is no near copy, 0 for the others."""
        against = self.parameters.against
        known = _Known(self.parameters, context.seed)
        if against != "own":
            for text in texts(human.train):
                known.add(text)
        scores = np.ones(rows.num_rows)
        for row, text in enumerate(texts(rows)):
            runs = known.runs(text)
            copy = known.has_like(runs)
            scores[row] = not copy
            if not copy and against != "human":
                known.add_runs(runs)
            context.progress(row + 1, rows.num_rows)
        return scores


class _Known:
    """Sets of runs, and an index to find the like of one."""

    def __init__(self, wanted: NearDuplicatesParameters, seed: int) -> None:
        self._sketch = required("datasketch", "datasketch", "graders/near-duplicates")
        self._n, self._threshold = wanted.n, wanted.threshold
        self._make = {"num_perm": wanted.permutations, "seed": seed % 2**32}
        self._index = self._sketch.MinHashLSH(
            threshold=wanted.threshold, num_perm=wanted.permutations, weights=_RECALL
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


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard similarity of two sets that are not both empty."""
    both = len(one & other)
    return both / (len(one) + len(other) - both)
