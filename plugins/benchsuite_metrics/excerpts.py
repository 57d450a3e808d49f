"""As many rows of samples and of human text, all cut to one length."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from pydantic import Field

from benchsuite_metrics.counting import WIDEST, coded, ranked, tally
from benchsuite_metrics.reference import Reference
from benchsuite_metrics.words import Words


class Excerpts(Reference):
    """How much text is compared.

    Scores that compare rows with one another grow with their number and their length, so
    both are fixed; rows that are shorter are passed over.
    """

    rows: int = Field(200, ge=2, description="Rows of samples, and of human text.")
    length: int = Field(20, ge=4, description="Words of each row, from its beginning.")


def excerpts(text: Words, chosen: Excerpts) -> np.ndarray:
    """Return the first words of the first rows that have enough, as numbers `[rows, length]`.

    There are fewer rows than asked for where the text has no more.
    """
    starts = np.flatnonzero(np.diff(text.rows, prepend=-1))
    long = starts[np.diff(starts, append=len(text)) >= chosen.length][: chosen.rows]
    cut: np.ndarray = text.numbers[long[:, None] + np.arange(chosen.length)]
    return cut


def grams(cut: np.ndarray, n: int) -> np.ndarray:
    """Return a code for each run of `n` words, `[rows, length - n + 1]`."""
    windows = sliding_window_view(cut, n, axis=1)
    return coded([windows[:, :, place].ravel() for place in range(n)]).reshape(windows.shape[:2])


def counted(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how often which rows have which of the codes `[rows, runs]`.

    Three arrays with an entry for each code that a row has: the code's place among the
    different ones (in order), the row, the count.
    """
    rows, flat = np.repeat(np.arange(len(codes)), codes.shape[1]), codes.ravel()
    if int(flat.max(initial=0)) >= WIDEST // max(1, len(codes)):
        flat, _ = ranked(flat)
    standing, counts = tally(flat * len(codes) + rows)
    code, row = np.divmod(standing, max(1, len(codes)))
    return np.cumsum(np.diff(code, prepend=code[:1]) != 0), row, counts
