"""How alike different models write, against how alike people do."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array

from benchsuite.api import Context, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.intervals import Estimate, around, difference, mean
from benchsuite_metrics.other_families import fingerprint, rows_of
from benchsuite_metrics.reference import Reference, held_out, per_human
from benchsuite_metrics.words import texts, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class ModelSimilarityParameters(Reference):
    """Which models of other families it is compared with, beside those of the run."""

    families: dict[str, str] = Field(
        {},
        description="Rows of models of other families: by name, a JSONL, CSV or Parquet file with "
        "a column `text`, such as the samples of a run with another learner.",
    )


class ModelSimilarity(Metric[ModelSimilarityParameters]):
    """Mean cosine between what a model writes and what other models write, minus people's.

    Rows are vectors of words, weighted by tf · idf with idf = ln((1 + N) / (1 + df)) + 1 of the
    human training rows, and of length 1; words that these rows lack are left out (Salton &
    Buckley 1988, as in scikit-learn). The mean is over all pairs of a row of this model and a row
    of another: of the same regime and generation with other seeds (`seeds`), or of other regimes
    with the same seed and generation (`regimes`), or of other families, whose rows files hold
    (`families gap`, where the suite names some). `human` is the mean over all pairs of held-out
    human rows, the floor; `within` is over pairs of the model's own rows. `seeds gap` and
    `regimes gap` are minus `human`. A mean over pairs does not depend on how many there are, so
    all rows are used. Unit: cosine, from 0 to 1. n: rows of the model; no value where there is no
    other model or no row. Intervals: Student's t over rows of each side, combined (Hoeffding 1948:
    the leading term of a U-statistic's variance); the gap's by combining both sides' (Newcombe
    1998).

    Pairs within and between models after Jiang et al., arXiv:2510.22954, whose vectors are a
    sentence encoder's; words see what texts are about, not what they mean. Zero is best: above it
    models write more alike than people, below it less coherently. It speaks where rows hold some
    ten words. Rows that regimes share at generation 0 are one model's, hence not compared.
    """

    parameters_type = ModelSimilarityParameters
    axis = "homogeneity"
    unit = "cosine"
    best = "zero"
    needs = frozenset({"samples", "peers"})
    context_slices = frozenset({"seeds", "regimes", "human", "within"})

    def fingerprint(self) -> str:
        """Return a digest of the files of other families."""
        return fingerprint(list(self.parameters.families.values()))

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare the model's samples with those of each kind of other model."""
        weights = _weights(subject.human)
        own = _vectors(texts(subject.samples), weights)
        human = _human(subject.human, self.parameters.reference_seed)
        found = []
        for kind in ("seeds", "regimes"):
            others = [row for rows in subject.peers.get(kind, ()) for row in texts(rows)]
            between = _between(own, _vectors(others, weights))
            found += [difference(between, human).named(f"{kind} gap"), between.named(kind)]
        if self.parameters.families:
            strangers = [row for path in self.parameters.families.values() for row in rows_of(path)]
            between = _between(own, _vectors(strangers, weights))
            found.append(difference(between, human).named("families gap"))
        return [*found, human.named("human"), _within(own).named("within")]


class _Weights(NamedTuple):
    """The places of words in vectors, and their idf."""

    places: dict[str, int]
    idf: np.ndarray


@per_human
def _weights(human: HumanRows) -> _Weights:
    rows = texts(human.train)
    counts = _counts(rows, places := _Places())
    df = np.diff(counts.tocsc().indptr)
    return _Weights(dict(places), np.log((1 + len(rows)) / (1 + df)) + 1)


class _Places(dict[str, int]):
    """Gives every new word the next place."""

    def __missing__(self, word: str) -> int:
        place = self[word] = len(self)
        return place


def _counts(rows: Sequence[str], places: dict[str, int]) -> csr_array:
    """Count the words of rows, `[rows, words]`; a word without a place gets one, or does not count.

    Which of the two, `places` decides.
    """
    text = words_of(rows)
    if isinstance(places, _Places):
        numbers = np.array([places[word] for word in text.words], np.int64)
    else:
        numbers = np.array([places.get(word, -1) for word in text.words], np.int64)
    known = numbers >= 0
    ones = np.ones(np.count_nonzero(known))
    found = csr_array((ones, (text.rows[known], numbers[known])), shape=(len(rows), len(places)))
    found.sum_duplicates()
    return found


def _vectors(rows: Sequence[str], weights: _Weights) -> csr_array:
    """Return rows as vectors of length 1, or 0 where they have no word that is known."""
    weighted = _counts(rows, weights.places) * weights.idf
    lengths = np.sqrt((weighted * weighted).sum(axis=1))
    return csr_array(weighted / np.where(lengths > 0, lengths, 1)[:, None])


def _between(first: csr_array, second: csr_array) -> Estimate:
    """Return the mean cosine over all pairs of a row here and a row there."""
    if not first.shape[0] or not second.shape[0]:
        return Estimate(None, first.shape[0])
    here, there = mean(first @ second.mean(axis=0)), mean(second @ first.mean(axis=0))
    if here.value is None or here.upper is None or there.value is None or there.upper is None:
        return Estimate(here.value, here.n)
    margin = hypot(here.upper - here.value, there.upper - there.value)
    return around(here.value, here.n, margin)


def _within(rows: csr_array) -> Estimate:
    """Return the mean cosine over all pairs of different rows.

    Each row is in pairs on both sides, so that the margin is twice that of a mean over rows.
    """
    count = rows.shape[0]
    if count < 2:  # noqa: PLR2004 (a pair)
        return Estimate(None, count)
    own = (rows * rows).sum(axis=1)
    found = mean((rows @ rows.sum(axis=0) - own) / (count - 1))
    if found.value is None or found.upper is None:
        return found
    return around(found.value, found.n, 2 * (found.upper - found.value))


@per_human
def _human(human: HumanRows, seed: int) -> Estimate:
    return _within(_vectors(texts(held_out(human, seed)), _weights(human)))
