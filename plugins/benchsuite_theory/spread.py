"""The spread of the fit: the variance of a normal, the diversity of types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from scipy.special import digamma

from benchsuite.api import Context, Measurement, Metric, Parameters, Place, Subject
from benchsuite_theory import setting
from benchsuite_theory.agreement import measured
from benchsuite_theory.closed_forms import of_spread
from benchsuite_theory.mixes import Mix, mixes


class Spread(Metric[Parameters]):
    """Mean over replicates of the spread v of the fit: a variance, or 1 - Σp² of types.

    `with-error`: v + |m - truth|², what the rows of the mix vary around the truth; for maximum
    likelihood and regimes without people it never changes. `log`: of a variance, its logarithm,
    which collapses where the mean of an unbiased one stays (Shumailov et al. 2024, theorem 3.1).
    `n` counts replicates.
    """

    axis = "creativity"
    unit = "variance"
    best = "higher"
    needs: ClassVar = frozenset({"model", "place"})

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Compare the spreads of all replicates with what they should be."""
        place = setting.place_of(subject)
        centre, _ = setting.truth(place)
        spread = subject.model.spread  # type: ignore[attr-defined]
        errors = ((subject.model.centre - centre) ** 2).sum(1)  # type: ignore[attr-defined]
        found = setting.expected_moments(place)
        moments, by_chance = found or (None, False)
        exact = moments and moments.spread
        yield measured(spread, "all", exact, of_spread(place), by_chance=by_chance)
        both = moments and moments.spread + moments.error
        formula = "E v + E|m - truth|²: variance of the mix around the truth"
        yield measured(spread + errors, "with-error", both, formula, by_chance=by_chance)
        if place.learner["name"] == "theory/normal-fit":
            formula = "ln σ² + (t+1)(ψ((n-1)/2) - ln(m/2)), m = n or n-1 [Bartlett 1937]"
            yield measured(np.log(spread), "log", log_variance(place), formula)


def log_variance(place: Place) -> float | None:
    """Return E log v of a normal fit where each generation learns from the last one's rows alone.

    m v / v' is chi-squared with n - 1 degrees of freedom, v' being what was sampled from.
    """
    found, heat = mixes(place), setting.temperature(place)
    if found is None or place.regime["graders"] or not heat > 0 or not all(map(_replaces, found)):
        return None
    total = float(np.log(place.corpus["sigma"] ** 2)) + place.generation * float(np.log(heat))
    for mix in found:
        divisor = mix.rows - (place.learner["variance"] == "unbiased")
        total += float(digamma((mix.rows - 1) / 2) - np.log(divisor / 2))
    return total


def _replaces(mix: Mix) -> bool:
    """Whether all rows were drawn from one fit, or one truth."""
    (first, *others) = [pool for part in mix.parts for pool in part.pools]
    return not others and first.writer not in ("fixed", "fresh")
