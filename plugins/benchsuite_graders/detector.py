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
from benchsuite_graders.texts import drawn, texts

_ITERATIONS = 1_000


class DetectorParameters(Parameters):
    """What the classifier sees, and how it is fitted."""

    features: Literal["words", "characters"] = Field(
        "words", description="Runs of words, or of characters within words."
    )
    n: int = Field(3, ge=1, le=8, description="Runs of 1 to `n` of them.")
    buckets: int = Field(2**18, ge=2**8, le=2**24, description="Runs are hashed into so many.")
    folds: int = Field(5, ge=2, le=20, description="Classifiers, each fitted without one fold.")
    inverse_penalty: float = Field(
        10.0, gt=0, description="C of the L2 penalty: the smaller, the closer to 1/2 its answers."
    )
    human_rows: int = Field(
        20_000, ge=1, description="Human training rows that it learns from, at most."
    )


class Detector(Grader[DetectorParameters]):
    """The probability that a row is human, if human and synthetic rows were equally many.

    Logistic regression (L2) on hashed runs of words, each row's counts scaled to length 1, with
    human training rows against the rows to be graded; validation and test rows are never read.
    Rows are dealt into folds by a hash of their text, and each is scored by the classifier that
    was fitted without its fold: so none is scored by one that saw it, nor one that saw an equal
    text. Both sides weigh the same, however many their rows. 1/2 where a side has no rows in a
    fold's training.

    For resampling after Drayson et al. 2025 (arXiv:2502.15654), `{resample: 1.5, power: 10,
    at_most: 3}` draws row r with a chance proportional to (1 - confidence that it is synthetic)^10;
    they fine-tune a transformer on another corpus, here a linear classifier learns from the rows at
    hand. Such a detector sees wrong words, not wrong facts: it tells the rows of small models from
    human ones nearly always, those of large ones hardly. See its AUC before trusting it.

    Traps: all rows to be graded count as synthetic. If some are human, scores still put rows in
    the order of how human they are (Elkan & Noto 2008), but lie below the probabilities. Where
    human rows come from other domains than the model writes on, it tells domains apart. A model
    that learned its training rows by heart is called human. Needs scikit-learn
    (`benchsuite[graders]`).
    """

    parameters_type = DetectorParameters
    probability = True

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return how likely each row is human."""
        graded = texts(rows)
        known = drawn(texts(human.train), self.parameters.human_rows, context.seed)
        both = [*graded, *known]
        scores = np.full(len(both), 0.5)
        if not graded:
            return scores[:0]
        vectors = self._vectors(both)
        is_human = np.arange(len(both)) >= len(graded)
        fold = folds(both, self.parameters.folds, context.seed)
        for number in range(self.parameters.folds):
            learned, asked = fold != number, (fold == number) & ~is_human
            if asked.any() and len(set(is_human[learned])) == 2:  # noqa: PLR2004 (human, synthetic)
                scores[asked] = self._fitted(vectors[learned], is_human[learned]).predict_proba(
                    vectors[asked]
                )[:, 1]
            context.progress(number + 1, self.parameters.folds)
        return scores[: len(graded)]

    def _vectors(self, both: list[str]) -> Any:
        """Return hashed counts of runs, a sparse row of length 1 for each text."""
        text = required("sklearn.feature_extraction.text", "scikit-learn", "graders/detector")
        wanted = self.parameters
        hashing = text.HashingVectorizer(
            analyzer="word" if wanted.features == "words" else "char_wb",
            token_pattern=r"\w+|[^\w\s]",  # marks count: models misplace them
            ngram_range=(1, wanted.n),
            n_features=wanted.buckets,
            lowercase=False,
            alternate_sign=False,
        )
        return hashing.transform(both)

    def _fitted(self, vectors: Any, is_human: np.ndarray) -> Any:
        linear = required("sklearn.linear_model", "scikit-learn", "graders/detector")
        regression = linear.LogisticRegression(
            C=self.parameters.inverse_penalty, class_weight="balanced", max_iter=_ITERATIONS
        )
        return regression.fit(vectors, is_human)


def folds(found: Sequence[str], count: int, seed: int) -> np.ndarray:
    """Return each text's fold, drawn by a hash of seed and text: equal texts share theirs."""
    key = str(seed).encode()
    digests = (blake2b(text.encode(), digest_size=8, key=key).digest() for text in found)
    return np.array([int.from_bytes(digest, "big") % count for digest in digests], np.int64)
