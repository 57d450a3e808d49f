"""The spread of the fit: the variance of a normal, the diversity of types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np
from scipy.special import digamma

from benchsuite.api import Context, Measurement, Metric, Parameters, Place, Subject
from benchsuite_theory import setting
from benchsuite_theory.agreement import measured
from benchsuite_theory.closed_forms import of_spread
from benchsuite_theory.mixes import mixes


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
        fit = setting.fit_of(subject)
        spread, errors = fit.spread, ((fit.centre - centre) ** 2).sum(1)
        found = setting.expected_moments(place)
        moments, by_chance = found or (None, False)
        exact = moments.spread if moments else None
        yield measured(spread, "all", exact, of_spread(place), by_chance=by_chance)
        both = moments.spread + moments.error if moments else None
        formula = "E v + E|m - truth|²: variance of the mix around the truth"
        yield measured(spread + errors, "with-error", both, formula, by_chance=by_chance)
        if place.learner["name"] == "theory/normal-fit":
            formula = "ln σ² + (t+1)(ψ((n-1)/2) - ln(m/2)), m = n or n-1 [Bartlett 1937]"
            if spread.all():
                yield measured(np.log(spread), "log", log_variance(place), formula)
            else:
                yield Measurement(None, len(spread), "log")


def log_variance(place: Place) -> float | None:
    """Return E log v of a normal fit where all rows of a generation have one writer.

    It is fitted once to people's rows, or again and again to those of the fit before: m v / v' is
    chi-squared with n - 1 degrees of freedom, v' being what was sampled from.
    """
    (only, *others) = place.regime["mixture"]
    found, heat = mixes(place), setting.temperature(place)
    if found is None or others or place.regime["graders"] or not heat > 0 or _mixed(only):
        return None
    total = 2 * float(np.log(place.corpus["sigma"]))
    rows = found[0].rows
    fits = 1 + place.generation * int(only["source"] == "synthetic-last")
    divisor = rows - (place.learner["variance"] == "unbiased")
    total += (fits - 1) * float(np.log(heat))
    total += fits * float(digamma((rows - 1) / 2) - np.log(divisor / 2))
    return float(total)


def _mixed(part: Mapping[str, Any]) -> bool:
    """Whether the only part of a mixture repeats rows, or holds those of several writers."""
    return part.get("unique") is not None or part["source"] == "synthetic-all"
