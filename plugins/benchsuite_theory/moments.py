r"""Second moments of recursive estimates, exactly, for any mix of rows.

A row is a vector x with E x = truth; a synthetic one is x = m_g + noise, m_g being the fit of
the generation that wrote it. The fit m_t is a weighted mean of the rows in its mix, so its error
e_t = m_t - truth is linear in all noise there ever was. What is followed is the covariance of
the means of all pools of rows, Y_s = e_s + mean noise. With c_s rows drawn from pool s of P_s,
every set as likely as any other, the mean of those drawn is Y_s but for an independent rest of
variance V_s (1/c_s - 1/P_s), V_s being the variance of a row's noise. So

    E|e_t|^2 = sum_{s,u} w^2 E[c_s c_u] E[Y_s Y_u] + sum_s w^2 E[c_s - c_s^2 / P_s] V_s,

w = 1/rows, or what the weight of human rows makes of it. Where the spread is fitted too, the mean
of |x - truth|^2 over the rows of a mix is fixed by their origin, and parts into spread and error:

    E v_t = sum_s w E[c_s] (V_s + E|e_s|^2) - E|e_t|^2     (divided by n).

Special cases are the closed forms of Shumailov et al. 2024 (Nature 631), Alemohammad et al. 2024
(arXiv:2307.01850), Gerstgrasser et al. 2024 (arXiv:2404.01413) and Kazdan et al. 2024
(arXiv:2410.16713): for replacing, E v_t = (1 - 1/n)^(t+1) and, where v is known, E|e_t|^2 =
(t+1)/n; for accumulating, prod (1 - 1/(n i^2)) and sum 1/(n i^2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from benchsuite_theory.mixes import Mix, Part, Pool, Writer


class Moments(NamedTuple):
    """E|m - truth|² and the expected spread, of one generation's fit."""

    error: float
    spread: float


@dataclass(frozen=True)
class Fit:
    """How a model is fitted and sampled from.

    `spread` is the variance of a human row's noise (the trace, of a vector). It is `known`, or
    fitted by maximum `likelihood` or `unbiased`. Models sample with `temperature` times the
    spread of their fit. `human_weight`: see the learner `theory/mean`.
    """

    spread: float
    variance: Literal["known", "likelihood", "unbiased"]
    temperature: float = 1.0
    human_weight: float | None = None


def moments(mixes: Sequence[Mix], fit: Fit) -> list[Moments]:
    """Return the moments of every generation's fit."""
    state = _State(fit)
    for generation, mix in enumerate(mixes):
        state.learn(generation, mix)
    return state.found


@dataclass
class _State:
    """Pools by writer: covariance of their means, spread of their rows, error of their writer."""

    fit: Fit
    found: list[Moments] = field(default_factory=list)
    covariance: dict[tuple[Writer, Writer], float] = field(default_factory=dict)
    spread: dict[Writer, float] = field(default_factory=dict)
    error: dict[Writer, float] = field(default_factory=dict)
    people: dict[Writer, np.ndarray] = field(default_factory=dict)
    """Of rows that people made, the weight of each distinct one in the pool's mean."""

    def learn(self, generation: int, mix: Mix) -> None:
        """Add a generation: the moments of its fit, and the pool of what it writes."""
        for part in mix.parts:
            for pool in part.pools:
                self._meet(pool)
        weights = self._weights(mix)
        terms = [
            (weight, part, pool, count)
            for weight, part in zip(weights, mix.parts, strict=True)
            for pool, count in zip(part.pools, part.expected, strict=True)
        ]
        error = self._second_moment(mix, weights)
        second = sum(
            c / mix.rows * (self.spread[p.writer] + self.error[p.writer]) for _, _, p, c in terms
        )
        spread = self._fitted(second - error, mix.rows)
        self.found.append(Moments(error, spread))
        with_others: dict[Writer, float] = {
            other: sum(w * c * self.covariance[p.writer, other] for w, _, p, c in terms)
            for other in self.spread
        }
        noise = self.fit.temperature * spread
        self._enter(generation, noise, error, error + noise / max(1, mix.written), with_others)

    def _weights(self, mix: Mix) -> list[float]:
        """Return the weight of a row of each part."""
        human = [all(pool.human for pool in part.pools) for part in mix.parts]
        weight = self.fit.human_weight
        if weight is None or all(human) or not any(human):
            return [1 / mix.rows] * len(mix.parts)
        people = sum(p.drawn for p, is_human in zip(mix.parts, human, strict=True) if is_human)
        return [weight / people if h else (1 - weight) / (mix.rows - people) for h in human]

    def _second_moment(self, mix: Mix, weights: Sequence[float]) -> float:
        """Return E|e_t|²."""
        pools = [pool for part in mix.parts for pool in part.pools]
        each = np.concatenate(
            [weight * part.expected for weight, part in zip(weights, mix.parts, strict=True)]
        )
        products = np.outer(each, each)
        rest, start = 0.0, 0
        for weight, part in zip(weights, mix.parts, strict=True):
            block = slice(start, start + len(part.pools))
            products[block, block] += weight**2 * part.covariance
            rest += weight**2 * self._rest(part)
            start = block.stop
        means = np.array([[self.covariance[p.writer, q.writer] for q in pools] for p in pools])
        return float((products * means).sum() + rest)

    def _rest(self, part: Part) -> float:
        """Return what drawing some of a pool's rows adds: sum of E[c - c²/P] V."""
        counts, variances = part.expected, np.diag(part.covariance)
        sizes = np.array([pool.size for pool in part.pools], float)
        spreads = np.array([self.spread[pool.writer] for pool in part.pools])
        left = counts - (variances + counts**2) / np.maximum(sizes, 1)
        return float((left * spreads).sum())

    def _fitted(self, likelihood: float, rows: int) -> float:
        if self.fit.variance == "known":
            return self.fit.spread
        return likelihood * rows / (rows - 1) if self.fit.variance == "unbiased" else likelihood

    def _meet(self, pool: Pool) -> None:
        """Enter human rows when a generation first learns from them; fresh ones each time."""
        if not pool.human or (pool.writer in self.spread and pool.writer != "fresh"):
            return
        repeats = np.bincount(np.arange(pool.size) % max(1, pool.unique), minlength=1)
        weights = repeats / max(1, pool.size)
        variance = self.fit.spread * float((weights**2).sum())
        shared: dict[Writer, float] = {
            other: self.fit.spread * _overlap(weights, self.people[other])
            for other in self.people
            if pool.writer != "fresh" and other != "fresh"
        }
        for other in self.spread:  # models that learned from the first rows, too
            if not isinstance(other, str) and pool.writer == "fixed":
                shared[other] = self.fit.spread * _overlap(weights, self.people["first"])
        self.people[pool.writer] = weights
        self._enter(pool.writer, self.fit.spread, 0.0, variance, shared)

    def _enter(
        self,
        writer: Writer,
        spread: float,
        error: float,
        variance: float,
        shared: dict[Writer, float],
    ) -> None:
        """Add a pool: spread of its rows, error of its writer, variance and covariances."""
        for other in self.spread:
            self.covariance[writer, other] = shared.get(other, 0.0)
            self.covariance[other, writer] = shared.get(other, 0.0)
        self.spread[writer], self.error[writer] = spread, error
        self.covariance[writer, writer] = variance


def _overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Return the covariance of two weighted means of the same rows, in units of a row's."""
    common = min(len(first), len(second))
    return float(first[:common] @ second[:common])
