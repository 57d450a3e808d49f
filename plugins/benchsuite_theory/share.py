"""The share of one type, which decoding or a verifier moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from scipy.special import ndtri

from benchsuite.api import Context, Expected, Measurement, Metric, Parameters, Place, Subject
from benchsuite_theory import setting
from benchsuite_theory.agreement import measured
from benchsuite_theory.chain import Chain, Map, chain
from benchsuite_theory.mixes import mixes
from benchsuite_theory.replicates import LEAST
from benchsuite_theory.types import sharpened

VERIFIER = "theory/verifier"


class ShareOfFirst(Metric[Parameters]):
    """Share of the first of two types in the fit, mean over replicates.

    Sampling at temperature τ multiplies its log-odds by 1/τ a generation, a verifier its odds by
    the rates at which right and wrong rows are accepted (TPR/FPR); human rows pull it back. For n
    rows the share follows a Markov chain, whose limit for many rows this is. `n` counts
    replicates.
    """

    axis = "bias"
    unit = "share"
    best = "higher"
    needs: ClassVar = frozenset({"model", "place"})

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Compare the share in all replicates with the chain's."""
        place = setting.place_of(subject)
        shares = subject.model.centre[:, 0]  # type: ignore[attr-defined]
        law, formula = written(place)
        found = mixes(place)
        human = float(setting.probabilities(place)[0])
        exact = chain(found, human, law) if found and law else None
        if exact is None or len(shares) >= LEAST:
            yield measured(shares, "all", exact and exact.mean, formula)
        else:
            value = float(shares.mean())
            expected = Expected(exact.mean, formula, *_of_few(shares, exact))
            yield Measurement(value, len(shares), expected=expected)


def written(place: Place) -> tuple[Map | None, str]:
    """Return what becomes of a type's share in rows that are learned from, and its name."""
    heat = setting.temperature(place)
    odds, formula = 1.0, "log-odds × 1/τ, as a Markov chain at n rows [docs/theory.md]"
    if np.isnan(heat) or place.learner["types"] != 2:  # noqa: PLR2004 (of more it is no chain)
        return None, formula
    for grading in place.regime["graders"]:
        grader, threshold = grading["grader"], grading["keep"].get("threshold")
        if grader["name"] != VERIFIER or threshold is None or not 0 < threshold <= 1:
            return None, formula
        if not grader["false_positives"]:
            return None, formula
        odds *= grader["true_positives"] / grader["false_positives"]
        formula = "odds × TPR/FPR, as a Markov chain at n rows [Feng 2024]"

    def law(share: np.ndarray) -> np.ndarray:
        sampled = sharpened(np.stack([share, 1 - share], axis=-1), heat)[..., 0]
        return np.asarray(odds * sampled / (odds * sampled + 1 - sampled))

    return law, formula


def _of_few(shares: np.ndarray, exact: Chain) -> tuple[float, float | None]:
    """Return standard error and z of few replicates, from the chain instead of their spread.

    Of a single one by its place in the chain's distribution: half of its own probability counts
    below (the mid-P value, Lancaster 1961).
    """
    error = exact.deviation / np.sqrt(len(shares))
    if len(shares) > 1 or not error:
        return float(error), None
    count = round(float(shares[0]) * exact.rows)
    law = exact.distribution
    below = float(law[:count].sum() + law[count] / 2)
    above = float(law[count + 1 :].sum() + law[count] / 2)
    tail = max(min(below, above), 1e-300)
    return float(error), float(np.copysign(-ndtri(tail), above < below and 1 or -1))
