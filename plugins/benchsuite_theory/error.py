"""How far the fitted mean is from the truth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from benchsuite.api import Context, Measurement, Metric, Parameters, Subject
from benchsuite_theory import setting
from benchsuite_theory.agreement import measured
from benchsuite_theory.closed_forms import of_error


class Error(Metric[Parameters]):
    """Mean over replicates of the squared distance |m - truth|² of the fitted mean.

    For types, of the vector of frequencies. In units of the rows squared; `n` counts replicates.
    What it should be follows from the regime for every mixture: see docs/theory.md.
    """

    axis = "generalization"
    unit = "squared error"
    best = "lower"
    needs: ClassVar = frozenset({"model", "place"})

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Compare the fits of all replicates with the truth."""
        place = setting.place_of(subject)
        centre, _ = setting.truth(place)
        errors = ((setting.fit_of(subject).centre - centre) ** 2).sum(1)
        found = setting.expected_moments(place)
        exact, by_chance = (found[0].error, found[1]) if found else (None, False)
        yield measured(errors, "all", exact, of_error(place), by_chance=by_chance)
