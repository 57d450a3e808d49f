"""Rows in the order in which they cover the set best."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
from benchsuite_words.words import words
from pydantic import Field

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters
from benchsuite_graders.coverage import facility_location, farthest_first
from benchsuite_graders.optional import required
from benchsuite_graders.texts import own, texts


class DiversityParameters(Parameters):
    """What makes rows alike, and what it means to cover them."""

    by: Literal["farthest-first", "facility-location"] = Field(
        "farthest-first",
        description="farthest-first: the next row is the one least like all that are chosen. "
        "facility-location: the one that makes the most rows alike to a chosen one.",
    )
    n: int = Field(2, ge=1, description="Rows are compared by runs of 1 to `n` words.")


class Diversity(Grader[DiversityParameters]):
    """The place of a row in a greedy order that covers the set: the rule `best` keeps a cover.

    Rows are TF-IDF vectors of their word 1- to `n`-grams, of length 1 (scikit-learn's smoothed
    idf), compared by their cosine s. By `farthest-first` the first row is the one most like the
    mean, the next ones argmin over rows of the greatest s to a chosen one: greedy k-centre, whose
    radius is at most twice the best (Gonzalez 1985; for choosing training data Sener & Savarese
    2018, arXiv:1708.00489). By `facility-location` the next is argmax over i of Σ_j max(0, s_ij -
    greatest s of j to a chosen one): greedy submodular maximisation, at least 1 - 1/e of the best
    (Nemhauser et al. 1978; Lin & Bilmes 2011, ACL). Ties go to the earlier row.

    score = 1 - place / (rows + 1), from 1 down to above 0: the rows above any score are a greedy
    cover. A row without words is like none.

    Traps: farthest-first takes what is unlike everything, so that noise comes first: put a grader
    of quality before it. Facility location takes what is typical first; it holds the cosines of
    all pairs, 4 rows² bytes. It looks at the rows alone, at no human text. Words are compared,
    not meanings. Needs scikit-learn (`benchsuite[graders]`).
    """

    parameters_type = DiversityParameters
    reads_model = False

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return a score that falls with the greedy place of each row."""
        cut, made = [words(text) for text in texts(rows)], own(rows)
        places = np.cumsum(made) - made  # in order, where nothing can be compared
        if any(found for found, is_own in zip(cut, made, strict=True) if is_own):
            places[made], places[~made] = self._places(cut, made, context)
        return np.asarray(1 - places / max(1, np.count_nonzero(made) + 1))

    def _places(
        self, cut: list[list[str]], made: np.ndarray, context: Context
    ) -> tuple[np.ndarray, ...]:
        """Return the places of the regime's rows, and those that other rows would take."""
        text = required("sklearn.feature_extraction.text", "scikit-learn", "graders/diversity")
        counts = text.CountVectorizer(
            analyzer=lambda found: _runs(found, self.parameters.n), dtype=np.float32
        ).fit_transform(cut)
        vectors = text.TfidfTransformer().fit(counts[made]).transform(counts)
        choose = {"farthest-first": farthest_first, "facility-location": facility_location}
        return choose[self.parameters.by](vectors[made], vectors[~made], context.progress)


def _runs(found: list[str], most: int) -> list[str]:
    """Return runs of 1 to `most` words."""
    return [
        " ".join(found[start : start + length])
        for length in range(1, most + 1)
        for start in range(len(found) - length + 1)
    ]
