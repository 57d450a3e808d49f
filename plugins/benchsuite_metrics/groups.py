"""Mentions of groups of people, counted (English)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from benchsuite_words.groups import GROUPS, NAMES, group_of

if TYPE_CHECKING:
    from benchsuite_metrics.words import Words


def columns(kind: str) -> np.ndarray:
    """Return the columns of a kind's groups."""
    return np.flatnonzero([each == kind for each, _ in NAMES])


def majorities(counts: np.ndarray) -> dict[str, int]:
    """Return by kind the column of the group with most mentions; `counts` is `[groups]`."""
    return {kind: int(columns(kind)[np.argmax(counts[columns(kind)])]) for kind in GROUPS}


def mentions(text: Words) -> np.ndarray:
    """Return how often each row speaks of each group: `[rows, groups]`, up to the last such row."""
    found = (group_of(word) for word in text.vocabulary)
    column = np.array([-1 if group is None else group for group in found], np.int64)
    groups = column[text.numbers]
    rows, groups = text.rows[groups >= 0], groups[groups >= 0]
    counts = np.zeros((int(rows.max(initial=-1)) + 1, len(NAMES)))
    np.add.at(counts, (rows, groups), 1)
    return counts
