"""Human or synthetic? A classifier says how likely a row is human."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters
from benchsuite_graders.optional import required
from benchsuite_graders.texts import drawn, own, texts

_ITERATIONS = 1_000


class DetectorParameters(Parameters):
    """What the classifier sees, and how it is fitted."""

    features: Literal["words", "characters"] = Field(
        "words", description="Runs of words and marks, or of characters."
    )
    n: int = Field(2, ge=1, le=8, description="Runs of 1 to `n` of them.")
    buckets: int = Field(2**18, ge=2**8, le=2**24, description="Runs are hashed into so many.")
    folds: int = Field(5, ge=2, le=20, description="Classifiers, each fitted without one fold.")
    inverse_penalty: float = Field(
        100.0, gt=0, description="C of the L2 penalty: the smaller, the closer to 1/2 its answers."
    )
    human_rows: int = Field(
        5_000, ge=1, description="Human training rows that it learns from, at most."
    )


class Detector(Grader[DetectorParameters]):
    """The probability that a row is human, if human and synthetic rows were equally many.

    Logistic regression (L2) on which runs of words a row holds, hashed, each row's vector scaled
    to length 1: human training rows against the rows to be graded. Validation and test rows are
    never read. Rows are dealt into folds by a hash of their text, and each is scored by the
    classifier that was fitted without its fold: so none is scored by one that saw it, nor by one
    that saw an equal text. Both sides weigh the same, however many their rows. 1/2 where a side
    has no row outside the fold.

    For resampling after Drayson et al. 2025 (arXiv:2502.15654), `{resample: 1.5, power: 10,
    at_most: 3}` draws a row with a chance in proportion to (1 - confidence that it is
    synthetic)^10. They train a transformer on another corpus; this is a linear classifier of the
    text at hand.

    It sees which words are used, not whether facts hold. On the quickstart's models (two layers of
    width 80) it tells rows of one from held-out human rows with an AUC of 0.99 by words up to
    `n: 2`. By characters up to `n: 4`, with `inverse_penalty: 10`, the AUC is the same and
    probabilities lie nearer the truth (Brier score 0.06, by words 0.09), in four times the time.
    Text of large models it hardly tells.

    Traps: all rows that the regime made count as synthetic; were some of them copied from
    people, it is told wrong. It tells topics and domains apart too. Whoever copies from human
    training rows is called human: that holds for what a model learned by heart, and for n-gram
    models altogether. Needs scikit-learn (`benchsuite[graders]`).
    """

    parameters_type = DetectorParameters
    reads_model = False
    probability = True
    learns_synthetic = True

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return how likely each row is human."""
        graded = texts(rows)
        if not graded:
            return np.zeros(0)
        known = drawn(texts(human.train), self.parameters.human_rows, context.seed)
        every = [*graded, *known]
        is_human = np.arange(len(every)) >= len(graded)
        teaches = is_human.copy()
        teaches[: len(graded)] = own(rows)
        return self._cross_fitted(every, is_human, teaches, context)[: len(graded)]

    def _cross_fitted(
        self, every: list[str], is_human: np.ndarray, teaches: np.ndarray, context: Context
    ) -> np.ndarray:
        """Return each text's probability, by a classifier of the rows outside its fold."""
        scores = np.full(len(every), 0.5)
        vectors = self._vectors(every)
        fold = folds(every, self.parameters.folds, context.seed)
        for number in range(self.parameters.folds):
            learned, asked = (fold != number) & teaches, (fold == number) & ~is_human
            if asked.any() and len(set(is_human[learned])) == 2:  # noqa: PLR2004 (human, synthetic)
                fitted = self._fitted(vectors[learned], is_human[learned])
                scores[asked] = fitted.predict_proba(vectors[asked])[:, 1]
            context.progress(number + 1, self.parameters.folds)
        return scores

    def _vectors(self, both: list[str]) -> Any:
        """Return which hashed runs each text holds, as sparse rows of length 1."""
        text = required("sklearn.feature_extraction.text", "scikit-learn", "graders/detector")
        wanted = self.parameters
        hashing = text.HashingVectorizer(
            analyzer="word" if wanted.features == "words" else "char",
            token_pattern=r"\w+|[^\w\s]",  # noqa: S106 (marks count: models misplace them)
            ngram_range=(1, wanted.n),
            n_features=wanted.buckets,
            lowercase=False,
            alternate_sign=False,
            binary=True,  # not how often: short rows repeat marks and little words
        )
        return hashing.transform(both)

    def _fitted(self, vectors: Any, is_human: np.ndarray) -> Any:
        linear = required("sklearn.linear_model", "scikit-learn", "graders/detector")
        regression = linear.LogisticRegression(
            C=self.parameters.inverse_penalty,
            class_weight="balanced",
            solver="liblinear",  # sparse rows with a quarter of a million columns
            max_iter=_ITERATIONS,
        )
        return regression.fit(vectors, is_human)


def folds(found: Sequence[str], count: int, seed: int) -> np.ndarray:
    """Return each text's fold, drawn by a hash of seed and text: equal texts share theirs."""
    key = str(seed).encode()
    digests = (blake2b(text.encode(), digest_size=8, key=key).digest() for text in found)
    return np.array([int.from_bytes(digest, "big") % count for digest in digests], np.int64)
