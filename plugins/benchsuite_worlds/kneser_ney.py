"""Interpolated modified Kneser-Ney: the n-gram model that smooths best, in sorted arrays.

Chen & Goodman 1999, Computer Speech & Language 13:359, §3 and appendix; Kneser & Ney 1995. For a
word w after a context h, with h' the context without its first word,

    p(w | h) = (c(h w) - D(c(h w))) / c(h ·) + λ(h) p(w | h'),   λ(h) = Σ D(c(h w)) / c(h ·).

c counts occurrences at the highest order. Below it, c(h w) is the number of different words that
stand before h w. The discount D is D₁, D₂ or D₃ for counts of 1, 2 and 3 or more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

FALLBACK = (0.5, 1.0, 1.5)
"""Discounts where counts are too few to estimate them, KenLM's (Heafield et al. 2013)."""

END = 0
"""The word that ends a row; it also stands before a row, as often as the order asks for."""


@dataclass(frozen=True)
class Level:
    """All contexts of one length, and the words seen after them.

    `contexts` are sorted codes: place of the context without its first word, times the base, plus
    that word. `grams` are sorted codes of place of the context, times the base, plus the word that
    follows; `weights` are their discounted counts. Of context i, these are those from `starts[i]`
    to `starts[i + 1]`; `totals[i]` is c(h ·), `backoffs[i]` λ(h).
    """

    contexts: np.ndarray
    grams: np.ndarray
    weights: np.ndarray
    starts: np.ndarray
    totals: np.ndarray
    backoffs: np.ndarray

    @cached_property
    def cumulative(self) -> np.ndarray:
        """Sums of the weights before each gram, and of all."""
        return np.concatenate([[0.0], np.cumsum(self.weights)])


class KneserNey:
    """A model of rows of words, which are numbers; words that it never saw share one probability.

    Within, words are places: 0 ends a row, 1 to n are the words seen, in order, n + 1 stands for
    all others. Before the first context, all n + 2 are equally likely.
    """

    def __init__(self, order: int, words: np.ndarray, levels: Sequence[Level]) -> None:
        self.order, self.words, self.levels = order, words, levels
        self.base = len(words) + 2

    @classmethod
    def fit(
        cls,
        ids: np.ndarray,
        lengths: np.ndarray,
        order: int,
        discounts: Sequence[Sequence[float]] | None = None,
    ) -> KneserNey:
        """Count rows: `ids` int `[words]`, all in one run, and the number of each row's.

        `discounts` gives D₁, D₂ and D₃ for contexts of each length from 0; by default they are
        estimated from the numbers of counts.
        """
        words = np.unique(ids)
        base = len(words) + 2
        stream, asked = _stream(np.searchsorted(words, ids) + 1, lengths, order)
        contexts, places = [np.zeros(1, np.int64)], np.zeros(len(asked), np.int64)
        for length in range(1, order):
            codes, places = np.unique(places * base + stream[asked - length], return_inverse=True)
            contexts.append(codes)
        levels: list[Level] = []
        seen = places * base + stream[asked]
        for length in reversed(range(order)):
            grams, counts = np.unique(seen, return_counts=True)
            given = None if discounts is None else discounts[length]
            levels.insert(0, _level(contexts[length], grams, counts, base, given))
            before = contexts[length] // base
            seen = before[grams // base] * base + grams % base
        return cls(order, words, levels)

    def log_probabilities(self, ids: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return log p (nats) of the words of rows, each row's end after them, in one run.

        Float64 `[words + rows]`.
        """
        stream, asked = _stream(self.places(ids), lengths, self.order)
        found = np.full(len(asked), 1 / self.base)
        live, places = np.arange(len(asked)), np.zeros(len(asked), np.int64)
        for length, level in enumerate(self.levels):
            if length:
                codes = places * self.base + stream[asked[live] - length]
                places, known = _looked_up(level.contexts, codes)
                live, places = live[known], places[known]
            grams, seen = _looked_up(level.grams, places * self.base + stream[asked[live]])
            own = np.where(seen, level.weights[grams], 0.0) / level.totals[places]
            found[live] = own + level.backoffs[places] * found[live]
        with np.errstate(divide="ignore"):  # with discounts of 0
            logs: np.ndarray = np.log(found)
        return logs

    def probabilities(self, histories: np.ndarray) -> np.ndarray:
        """Return p of each word after each history, `[rows, words + 2]`.

        `histories` are places, `[rows, order - 1]`, the last word last.
        """
        left = np.ones(len(histories))  # what longer contexts leave to shorter ones
        seen = []
        for level, rows, places in list(self.contexts_of(histories))[:0:-1]:
            first, counts = level.starts[places], np.diff(level.starts)[places]
            within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            grams = np.repeat(first, counts) + within
            own = level.weights[grams] * np.repeat(left[rows] / level.totals[places], counts)
            seen.append((np.repeat(rows, counts), level.grams[grams] % self.base, own))
            left[rows] *= level.backoffs[places]
        found: np.ndarray = left[:, None] * self._shortest
        for rows, words, own in seen:
            found[rows, words] += own
        return found

    @cached_property
    def _shortest(self) -> np.ndarray:
        """Probabilities of all words without context."""
        (level, *_) = self.levels
        found = np.full(self.base, level.backoffs[0] / self.base)
        found[level.grams] += level.weights / level.totals[0]
        return found

    def contexts_of(self, histories: np.ndarray) -> Iterator[tuple[Level, np.ndarray, np.ndarray]]:
        """Yield by level, from the shortest context, the histories it knows and their places."""
        rows, places = np.arange(len(histories)), np.zeros(len(histories), np.int64)
        for length, level in enumerate(self.levels):
            if length:
                codes = places * self.base + histories[rows, -length]
                places, known = _looked_up(level.contexts, codes)
                rows, places = rows[known], places[known]
            yield level, rows, places

    def places(self, ids: np.ndarray) -> np.ndarray:
        """Return the places of words."""
        places, known = _looked_up(self.words, ids)
        return np.where(known, places + 1, self.base - 1)


def estimated_discounts(counts: np.ndarray) -> tuple[float, ...]:
    """Return D₁, D₂ and D₃ from how many counts are 1, 2, 3 and 4 (Chen & Goodman, eq. 17).

    Where one of these numbers is 0, or a discount is no number from 0 to the count: `FALLBACK`.
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].astype(np.float64)
    if not n.all():
        return FALLBACK
    y = n[0] / (n[0] + 2 * n[1])
    found = tuple(float(k - (k + 1) * y * n[k] / n[k - 1]) for k in (1, 2, 3))
    return found if min(found) >= 0 else FALLBACK


def _stream(places: np.ndarray, lengths: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows in one run with ends before and after each, and where words are to be told."""
    sizes = np.asarray(lengths, np.int64) + order  # order - 1 ends before, one after
    stream = np.full(int(sizes.sum()), END, np.int64)
    before = np.repeat(np.cumsum(sizes) - sizes, lengths + np.ones_like(lengths))
    told = sizes - order + 1
    within = np.arange(int(told.sum())) - np.repeat(np.cumsum(told) - told, told)
    asked = before + within + order - 1
    is_end = within == np.repeat(told - 1, told)
    stream[asked[~is_end]] = places
    return stream, asked


def _level(
    contexts: np.ndarray,
    grams: np.ndarray,
    counts: np.ndarray,
    base: int,
    discounts: Sequence[float] | None,
) -> Level:
    """Discount the counts after contexts of one length."""
    by_count = np.array([0.0, *(estimated_discounts(counts) if discounts is None else discounts)])
    lost = by_count[np.minimum(counts, 3)]
    after = grams // base
    totals = np.bincount(after, counts, minlength=len(contexts))
    starts = np.concatenate([[0], np.cumsum(np.bincount(after, minlength=len(contexts)))])
    backoffs = np.bincount(after, lost, minlength=len(contexts)) / totals
    return Level(contexts, grams, counts - lost, starts, totals, backoffs)


def _looked_up(known: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each is among sorted ones, any place where it is not, and whether it is."""
    if not len(known):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return places, known[places] == wanted
