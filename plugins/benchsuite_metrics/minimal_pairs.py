"""Pairs of sentences, and which of the two a model finds likelier."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from benchsuite_metrics.intervals import Estimate, shifted, wilson
from benchsuite_metrics.passed_on import resampled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchsuite.api import Context, Measurement, Scores, Subject


class Pairs(NamedTuple):
    """Sentences in a table, pair after pair and in each the one in question first; their groups.

    `groups` has one name for each pair.
    """

    rows: pa.Table
    groups: np.ndarray


def paired(pairs: Iterable[tuple[str, str, str]]) -> Pairs:
    """Return pairs of (sentence in question, the other, group); equal sentences are left out."""
    kept = [pair for pair in pairs if pair[0] != pair[1]]
    sentences = [sentence for first, second, _ in kept for sentence in (first, second)]
    groups = np.array([group for *_, group in kept], np.str_)
    return Pairs(pa.table({"text": pa.array(sentences, pa.string())}), groups)


def sentence_scores(scores: Scores) -> np.ndarray:
    """Return log p of each row (nats) without the token that ends it."""
    ends = [float(row[-1]) for row in scores.log_probabilities]
    totals: np.ndarray = scores.totals - np.array(ends, np.float64)
    return totals


def preferences(pairs: Pairs, subject: Subject, context: Context) -> np.ndarray | None:
    """Return 1 for each pair whose first sentence is likelier, 0 where the other is, ties ½.

    All models of a generation score all sentences at once. None where a model says what is no
    number.
    """
    scored = sentence_scores(subject.score(pairs.rows, context))
    if not np.isfinite(scored).all():
        return None
    first, second = scored.reshape(-1, 2).T
    chosen: np.ndarray = (1 + np.sign(first - second)) / 2
    return chosen


def preferred(chosen: np.ndarray | None) -> Estimate:
    """Return the share of pairs whose first sentence is likelier, with Wilson's interval."""
    if chosen is None or not len(chosen):
        return Estimate(None, 0)
    return wilson(float(np.mean(chosen)), len(chosen))


def beyond_half(chosen: np.ndarray | None) -> Estimate:
    """Return the share of pairs whose first sentence is likelier, minus one half."""
    return shifted(preferred(chosen), -0.5)


def by_group(
    pairs: Pairs,
    groups: Iterable[str],
    subject: Subject,
    context: Context,
    *,
    chance: float,
    passed_on: int = 0,
) -> list[Measurement]:
    """Return the share of pairs whose first sentence is likelier: of all, and group by group.

    It is told as the distance from one half where chance is 0, and as it is where chance is ½.
    That of all drifts as a share of as many draws as are `passed_on`, where there are any.
    """
    chosen = preferences(pairs, subject, context)
    told = preferred if chance else beyond_half
    share = preferred(chosen).value
    drift = None if share is None else resampled(share * (1 - share), passed_on)
    found = {name: within(chosen, pairs.groups == name) for name in groups}
    return [
        told(chosen).named("all", drift),
        *(told(of).named(name) for name, of in found.items()),
    ]


def within(chosen: np.ndarray | None, members: np.ndarray) -> np.ndarray | None:
    """Return the preferences of some pairs."""
    return None if chosen is None else chosen[members]
