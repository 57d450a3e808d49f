"""How many rows samples amount to, likeness taken off, against human text."""

from __future__ import annotations

from math import exp

import numpy as np
from pydantic import Field
from scipy.linalg import eigvalsh
from scipy.sparse import csr_array
from scipy.special import entr

from benchsuite_metrics.excerpts import Excerpts, excerpts
from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate
from benchsuite_metrics.repeats import repeats
from benchsuite_metrics.words import Words

_FREQUENT = 1 / 8  # share of rows from which on a dense product is faster than a sparse one


class VendiScoreParameters(Excerpts):
    """How much text is compared, and by which runs of words."""

    rows: int = Field(200, ge=2, le=5_000, description="Rows of samples, and of human text.")
    n: int = Field(4, ge=1, le=4, description="Words in the longest run of the kernel.")


class VendiScore(WordGap[VendiScoreParameters]):
    """Effective number of different rows among samples, minus held-out human text.

    exp(-Σ λ log λ) over the eigenvalues λ of K / rows (Friedman & Dieng, TMLR 2023,
    arXiv:2210.02410). K, the n-gram kernel: for each length from 1 to `n` the cosine of two
    rows' counts of runs of so many words; their mean. Of the first `rows` rows that have
    `length` words, cut to them: 1 where all are equal, `rows` where none share a word. No
    value where there are fewer. Eigenvalues are exact, from the whole kernel, hence the limit
    to `rows`. Slices: `gap` = samples - human, `samples`, `human`. Unit: rows. n: rows. No
    interval: it is no mean over rows.

    Zero is best: below it samples are more alike than what people write. It sees duplicates
    and sharpened sampling at every scale, and hardly sees collapse at temperature 1. It grows
    with the number of rows: compare values of equal `rows`, `length` and `n` alone.
    """

    parameters_type = VendiScoreParameters
    unit = "rows"

    def estimate(self, text: Words) -> Estimate:
        """Compare all pairs of rows."""
        cut = excerpts(text, self.parameters)
        if len(cut) < self.parameters.rows:
            return Estimate(None, len(cut))
        return Estimate(vendi_score(ngram_kernel(cut, self.parameters.n)), len(cut))


def vendi_score(kernel: np.ndarray, rows: int | None = None) -> float:
    """Return the exponential of the entropy of the eigenvalues of `kernel` / rows.

    In place of a kernel X Xᵀ of so many `rows`, Xᵀ X has the same eigenvalues but for zeros.
    """
    values = eigvalsh(kernel / (rows or len(kernel)), overwrite_a=True, check_finite=False)
    return exp(float(np.sum(entr(np.maximum(values, 0)))))


def ngram_kernel(cut: np.ndarray, longest: int) -> np.ndarray:
    """Return the mean over run lengths of the cosines of counts, `[rows, rows]`.

    Runs that come once show in their row's length alone, and each row's cosine with itself is
    1, so that only runs that rows share are multiplied.
    """
    kernel = np.zeros((len(cut), len(cut)))
    for n, (run, row, count) in enumerate(repeats(cut, longest), 1):
        once_each = cut.shape[1] - n + 1
        squares = once_each + np.bincount(row, count**2 - count, minlength=len(cut))
        weights = count / np.sqrt(squares)[row]
        holders = np.bincount(run)
        frequent = holders >= max(2, _FREQUENT * len(cut))
        dense = _features(run, row, weights, frequent, len(cut)).toarray()
        kernel += dense @ dense.T
        sparse = _features(run, row, weights, (holders > 1) & ~frequent, len(cut))
        kernel += (sparse @ sparse.T).toarray()
    kernel /= longest
    np.fill_diagonal(kernel, 1.0)
    return kernel


def _features(
    run: np.ndarray, row: np.ndarray, weights: np.ndarray, chosen: np.ndarray, rows: int
) -> csr_array:
    """Return the weights of the chosen runs, `[rows, chosen runs]`."""
    kept, places = chosen[run], np.cumsum(chosen) - 1
    shape = (rows, int(np.count_nonzero(chosen)))
    return csr_array((weights[kept], (row[kept], places[run[kept]])), shape=shape)
