"""The share of one type, which decoding or a verifier moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from benchsuite.api import (
    Context,
    Expected,
    Measurement,
    Metric,
    Parameters,
    Place,
    Resampled,
    Subject,
)
from benchsuite_theory import setting
from benchsuite_theory.agreement import measured, of_distribution
from benchsuite_theory.chain import Chain, Law, chain
from benchsuite_theory.mixes import Mix, mixes
from benchsuite_theory.replicates import LEAST

VERIFIER = {"name": "graders/verifier", "column": "first"}
"""The grader that keeps rows of the first type at one rate and others at another."""


class ShareOfFirst(Metric[Parameters]):
    """Share of the first of two types in the fit, mean over replicates.

    Sampling at temperature τ multiplies its log-odds by 1/τ a generation, a verifier its odds by
    the rates at which right and wrong rows are accepted (TPR/FPR); human rows pull it back. For n
    rows the share follows a Markov chain, whose limit for many rows this is. `n` counts
    replicates. Neutral drift: √(p (1-p) (1-(1-1/n)^t) / replicates).
    """

    axis = "bias"
    unit = "share"
    best = "higher"
    needs: ClassVar = frozenset({"model", "place"})

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Compare the share in all replicates with the chain's."""
        place = setting.place_of(subject)
        shares = setting.types_of(subject).centre[:, 0]
        law, found = _law(place), mixes(place)
        human = float(setting.probabilities(place)[0])
        drift = _drift(shares, place)
        exact = chain(found, human, law) if found and law else None
        formula = _formula(place, limit(found, human, law)) if found and law else ""
        if exact is None or len(shares) >= LEAST:
            agrees = measured(shares, "all", exact.mean if exact else None, formula)
            yield replace(agrees, drift=drift)
        else:
            value = float(shares.mean())
            expected = Expected(exact.mean, formula, *_of_few(shares, exact))
            yield Measurement(value, len(shares), expected=expected, drift=drift)


def _drift(shares: np.ndarray, place: Place) -> Resampled | None:
    """Return how the mean of independent shares drifts, each of as many draws as there are rows."""
    variance = float((shares * (1 - shares)).sum()) / len(shares) ** 2
    return Resampled(variance, place.budget["amount"]) if place.budget["unit"] == "rows" else None


def _law(place: Place) -> Law | None:
    """Return what becomes of a type's share in rows that are learned from, if a law says."""
    heat, odds = setting.temperature(place), 1.0
    if np.isnan(heat) or place.learner["types"] != 2:  # noqa: PLR2004 (of more it is no chain)
        return None
    for grading in place.regime["graders"]:
        grader, threshold = grading["grader"], grading["keep"]["threshold"]
        accepts = threshold is not None and 0 < threshold <= 1
        if not (accepts and grader.items() >= VERIFIER.items() and grader["false_positive_rate"]):
            return None
        odds *= grader["true_positive_rate"] / grader["false_positive_rate"]
    return Law(heat, odds)


def limit(mixes: Sequence[Mix], human: float, law: Law) -> float:
    """Return the share that many rows tend to."""
    share = human
    for mix in mixes[1:]:
        people = sum(part.drawn for part in mix.parts if part.pools[0].human) / mix.rows
        share = people * human + (1 - people) * float(law(np.array(share)))
    return share


def _formula(place: Place, limit: float) -> str:
    """Name what moves the share, with its limit."""
    regime = place.regime
    people = sum(p["share"] for p in regime["mixture"] if p["source"].startswith("human"))
    if people == 1:
        return "p of people's rows"
    heat, tends = regime["decoding"]["temperature"], f"(n → ∞: {limit:.4f}); Markov chain at n"
    if regime["graders"]:
        return f"odds · (TPR/FPR)^t {tends} [Feng 2025]"
    if heat == 1 and not people:
        return "p: drift without bias; Markov chain at n [Wright 1931]"
    if people:
        return f"a·p + (1-a) p^(1/τ)/Z {tends} [docs/theory.md]"
    return f"log-odds · τ^-t {tends} [docs/theory.md]"


def _of_few(shares: np.ndarray, exact: Chain) -> tuple[float, float | None]:
    """Return standard error and z of few replicates, from the chain instead of their spread."""
    error = float(exact.deviation / np.sqrt(len(shares)))
    if len(shares) > 1 or not error:
        return error, None
    count, law = round(float(shares[0]) * exact.rows), exact.distribution
    return error, of_distribution(law[:count].sum(), law[count], law[count + 1 :].sum())
