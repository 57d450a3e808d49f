"""Mentions of groups of people, counted (English)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from benchsuite_words.groups import NAMES, group_of

if TYPE_CHECKING:
    from benchsuite_metrics.words import Words


def columns(kind: str) -> np.ndarray:
    """Return the columns of a kind's groups."""
    return np.flatnonzero([each == kind for each, _ in NAMES])


def mentions(text: Words) -> np.ndarray:
    """Return how often each row speaks of each group: `[rows, groups]`, up to the last such row."""
    found = [
        (row, column)
        for row, word in zip(text.rows.tolist(), text.words, strict=True)
        if (column := group_of(word)) is not None
    ]
    if not found:
        return np.zeros((0, len(NAMES)))
    rows, groups = np.array(found).T
    counts = np.zeros((int(rows.max()) + 1, len(NAMES)))
    np.add.at(counts, (rows, groups), 1)
    return counts
