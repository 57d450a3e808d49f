"""What a generation's training text holds of people, and how figures drift that it passes on.

The text is that of generation 0 (`Subject.drawn`), of human rows: later generations learn from as
much. Where it holds no such draw, nothing is told of drift.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from benchsuite_words.groups import group_of

from benchsuite.api import Resampled
from benchsuite_metrics.groups import columns, mentions
from benchsuite_metrics.intervals import Estimate, design_effect
from benchsuite_metrics.words import words_in

if TYPE_CHECKING:
    import pyarrow as pa

    from benchsuite_metrics.words import Words


def mentioned(rows: pa.Table) -> int:
    """Return the mentions of groups of people, of all kinds."""
    return int(mentions(words_in(rows)).sum())


def together(text: Words, tasks: Iterable[str]) -> int:
    """Return the number of rows that speak of a gender and hold one of some words."""
    genders, wanted = set(columns("gender").tolist()), frozenset(tasks)
    gendered = np.array([group_of(word) in genders for word in text.vocabulary], bool)
    task = np.array([word in wanted for word in text.vocabulary], bool)
    rows = [text.rows[held[text.numbers]] for held in (gendered, task)]
    return len(np.intersect1d(*rows))


def share_of(successes: np.ndarray, trials: np.ndarray, draws: float) -> Resampled | None:
    """Return how the share Σ successes / Σ trials of rows drifts, of so many draws a generation.

    Draws that come together in a row tell less than as many that stand alone: they are divided by
    the design effect.
    """
    share = float(successes.sum() / trials.sum())
    return resampled(share * (1 - share), draws / design_effect(successes, trials))


def resampled(variance: float, draws: float, bent: float = 0.0) -> Resampled | None:
    """Return how a figure drifts; None where there is no draw, or no number.

    None also without variance: what was read, such as a share of 0, does not tell what there is.
    """
    known = isfinite(variance) and isfinite(bent) and variance + bent > 0 and draws >= 1
    return Resampled(variance, draws, bent) if known else None


def of_rows(estimate: Estimate, draws: int) -> Resampled | None:
    """Return how a figure of `n` rows drifts that has a standard error, of so many rows."""
    error = estimate.error
    return None if error is None else resampled(estimate.n * error**2, draws)


def of_parts(*parts: tuple[float, int]) -> Resampled | None:
    """Return how a sum of independent figures drifts: the variance of one draw, and draws, of each.

    Σ vᵢ (1 - (1 - 1/Nᵢ)^t), with one number of draws for all: Σ vᵢ / Σ (vᵢ/Nᵢ), which is theirs
    where they are equal, and right for one generation and for endless many where they are not.
    """
    whole = sum(variance for variance, _ in parts)
    if min(draws for _, draws in parts) < 1 or whole <= 0:
        return None
    return resampled(whole, whole / sum(variance / draws for variance, draws in parts))
