"""The number of rows of one type, generation after generation: a Markov chain, exactly.

Each of n rows of a mix is of the type with the same probability, which follows from the last
generation's count k: f(k/n). So counts are binomial, as in the model of genetic drift by Fisher
(1930) and Wright (1931), and their distribution is found by one product of matrices a generation.
Human rows of the mix add a count of their own: a new one every generation, or, where they stay
the same rows, one that is kept, in which the chain is conditioned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.stats import binom

from benchsuite_theory.mixes import Mix, Part
from benchsuite_theory.types import sharpened

MOST_ROWS, MOST_STATES = 6000, 2_000_000
"""Rows of a mix, and states of the chain, up to which its matrix is made: some seconds' work."""


@dataclass(frozen=True)
class Law:
    """From a model's probability of the type to that of a row which is learned from.

    Of two types, `temperature` multiplies the log-odds by 1 / temperature. A verifier that accepts
    right rows `odds` times as often as wrong ones multiplies the odds.
    """

    temperature: float = 1.0
    odds: float = 1.0

    def __call__(self, share: np.ndarray) -> np.ndarray:
        """Return the probabilities of rows, for those of models."""
        sampled = sharpened(np.stack([share, 1 - share], axis=-1), self.temperature)[..., 0]
        return np.asarray(self.odds * sampled / (self.odds * sampled + 1 - sampled))


DRIFT = Law()
"""Rows as the model would have them."""


@dataclass(frozen=True)
class Chain:
    """Counts of a type among `rows`: `states[h, k]` is the probability of k, h kept human ones."""

    rows: int
    states: np.ndarray

    @property
    def distribution(self) -> np.ndarray:
        """Probability of each count, `[rows + 1]`."""
        return np.asarray(self.states.sum(0))

    @property
    def mean(self) -> float:
        """Expected share."""
        return float(self.distribution @ np.arange(self.rows + 1)) / self.rows

    @property
    def deviation(self) -> float:
        """Standard deviation of the share."""
        shares = np.arange(self.rows + 1) / self.rows
        return float(np.sqrt(max(0.0, float(self.distribution @ (shares - self.mean) ** 2))))


def chain(mixes: Sequence[Mix], probability: float, law: Law) -> Chain | None:
    """Return the last generation's counts, or None where they are no such chain.

    `probability` is that of the type in a human row, `law` what becomes of a model's own.
    None is for rows of several generations, repeated rows, and mixes too large.
    """
    rows, kept = mixes[0].rows, _drawn(mixes[-1], "fixed")
    if rows > MOST_ROWS or (rows + 1) * (kept + 1) > MOST_STATES or not all(map(_is_chain, mixes)):
        return None
    now = Chain(rows, _first(rows, kept, probability))
    for generation, mix in enumerate(mixes[1:]):
        now = _next(now, mix, probability, law, generation)
    return now


def _first(rows: int, kept: int, probability: float) -> np.ndarray:
    """Return the states of generation 0, whose first `kept` rows stay."""
    human = binom.pmf(np.arange(kept + 1), kept, probability)
    rest = binom.pmf(np.arange(rows - kept + 1), rows - kept, probability)
    states = np.zeros((kept + 1, rows + 1))
    for count, weight in enumerate(human):
        states[count, count : count + len(rest)] = weight * rest
    return states


def _next(now: Chain, mix: Mix, probability: float, law: Law, last: int) -> Chain:
    """Return the states of the next generation."""
    synthetic, fresh = _drawn(mix, last), _drawn(mix, "fresh")
    drawn = now.states @ _transitions(now.rows, synthetic, law)
    if fresh:
        new = binom.pmf(np.arange(fresh + 1), fresh, probability)
        drawn = np.apply_along_axis(np.convolve, 1, drawn, new)
    states = np.zeros((len(now.states), mix.rows + 1))
    for count, row in enumerate(drawn):
        states[count, count : count + len(row)] = row
    return Chain(mix.rows, states)


@lru_cache(maxsize=2)
def _transitions(rows: int, synthetic: int, law: Law) -> np.ndarray:
    """Return the probability of each count among the rows drawn, by the model's count."""
    shares = np.clip(law(np.arange(rows + 1) / rows), 0, 1)
    return np.asarray(binom.pmf(np.arange(synthetic + 1), synthetic, shares[:, None]))


def _drawn(mix: Mix, writer: object) -> int:
    return sum(part.drawn for part in mix.parts if part.pools[0].writer == writer)


def _is_chain(mix: Mix) -> bool:
    return all(map(_is_simple, mix.parts))


def _is_simple(part: Part) -> bool:
    """Whether a part is of one pool, without repeats."""
    return len(part.pools) == 1 and part.pools[0].unique == part.pools[0].size
