"""As many rows of samples and of human text, all cut to one length."""

from __future__ import annotations

import numpy as np
from pydantic import Field

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
