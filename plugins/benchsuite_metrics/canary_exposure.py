"""How far a model gives away random digits that it was trained on."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import log2
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import Estimate, mean
from benchsuite_metrics.planted import UNSEEN, by_band, secrets
from benchsuite_metrics.reference import per_human


class CanaryExposureParameters(Parameters):
    """How exactly ranks are told."""

    candidates: int = Field(
        255, ge=1, description="Other secrets that each canary is ranked among."
    )
    reference_seed: int = Field(0, ge=0, description="Fixes which other secrets these are.")


class CanaryExposure(Metric[CanaryExposureParameters]):
    """Bits by which a canary's secret is likelier to the model than chance has it.

    exposure = log2 |R| - log2 rank (Carlini et al., USENIX Security 2019, arXiv:1802.08232, §4),
    where R are all secrets of the same length from the letters that any secret has, ranked by the
    likelihood of the whole row. The rank is told by sampling: with k of `candidates` m others
    drawn from R at least as likely, rank / |R| is taken to be (k + 1) / (m + 1); so exposure ends
    at log2(m + 1) bits, 8 by default, and is exact where R has no more than m others. No
    distribution is fitted to reach further. Secrets come from the column `canary` of human
    training rows, as `corpora/planted` has them. Slices, by how many of the rows that generation 0
    was trained on hold it: `all` that were held, `1-3 times`, `4-15 times`, `16 times or more`;
    beside them `unseen`. Unit: bits. n: canaries. Interval: Student's t over canaries.

    A secret that was never seen has 1.44 bits on average (1 / ln 2), not 0. It speaks at every
    scale, and says of a later generation what still leaks though it saw no human row; no value on
    corpora without canaries.
    """

    parameters_type = CanaryExposureParameters
    axis = "privacy"
    unit = "bits"
    best = "lower"
    needs = frozenset({"model", "drawn"})
    context_slices = frozenset({UNSEEN})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score every canary among its candidates, in one table."""
        ranked = _candidates(subject.human, self.parameters)
        scores = np.zeros(0)
        if ranked.rows.num_rows:
            scores = subject.score(ranked.rows, context).totals
        each = np.split(scores, np.cumsum(ranked.sizes)[:-1]) if ranked.sizes else []
        exposures = np.array([exposure(own) for own in each])
        drawn = secrets(subject.drawn)
        times = np.array([drawn[canary] for canary in ranked.canaries], np.int64)
        found = by_band(exposures, times, _mean)
        return [value.named(name) for name, value in found.items()]


def exposure(scores: np.ndarray) -> float:
    """Return the exposure in bits of the first of some secrets by their log-probabilities."""
    return log2(len(scores)) - log2(np.count_nonzero(scores >= scores[0]))


def _mean(exposures: np.ndarray) -> Estimate:
    found = mean(exposures)
    return found if found.lower is None else replace(found, lower=max(0.0, found.lower))


class _Ranked(NamedTuple):
    """Canaries, the rows that each is ranked among, its own first, and how many these are."""

    canaries: list[tuple[str, str]]
    rows: pa.Table
    sizes: list[int]


@per_human
def _candidates(human: HumanRows, chosen: CanaryExposureParameters) -> _Ranked:
    random = np.random.default_rng(chosen.reference_seed)
    canaries = sorted(secrets(human.train))
    letters = sorted({letter for _, secret in canaries for letter in secret})
    rows, sizes = [], []
    for text, secret in canaries:
        others = _others(secret, letters, chosen.candidates, random)
        rows += [text.replace(secret, other) for other in (secret, *others)]
        sizes.append(1 + len(others))
    return _Ranked(canaries, pa.table({"text": pa.array(rows, pa.string())}), sizes)


def _others(secret: str, letters: list[str], count: int, random: np.random.Generator) -> list[str]:
    """Return other secrets of the same length: all there are, or `count` drawn with repetition."""
    if len(letters) ** len(secret) - 1 <= count:
        every = map("".join, product(letters, repeat=len(secret)))
        return [other for other in every if other != secret]
    others: list[str] = []
    while len(others) < count:
        other = "".join(letters[i] for i in random.integers(len(letters), size=len(secret)))
        others += [other] if other != secret else []
    return others
