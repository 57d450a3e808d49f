"""Price of a model that is good enough, at rates of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchsuite.api import Context, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.pricing import Rates, prices
from benchsuite_metrics.reaching import Target, reaches
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    from collections.abc import Mapping


class MoneyToReachParameters(Target, Rates):
    """Which loss is to be reached, and what things cost, in one currency."""


class MoneyToReach(Metric[MoneyToReachParameters]):
    """Price of a model, human text included, if it has the given bits per byte or fewer.

    It is the price that `metrics/price` tells, in the same slices `all` and `own`; there is no
    value where the loss is above the target. So it says what was paid for a model that is good
    enough, to a generation: a model that is far below the target is charged for all that it was
    trained on, though less might have sufficed. It is therefore no cost at equal quality: that
    takes the control at several budgets, which a suite's `equal_quality` asks for. Unit:
    currency, whichever the rates are in. n: test rows. No interval: nothing is estimated.
    """

    parameters_type = MoneyToReachParameters
    axis = "cost"
    unit = "currency"
    best = "lower"
    needs = frozenset({"model", "ledger", "lineage", "training", "drawn"})

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """The loss is that of the test rows."""
        return {"in-domain": texts(human.test)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Price it, if the loss is low enough."""
        reached = reaches(subject, self.parameters, context)
        n = subject.human.test.num_rows
        found = prices(subject, self.parameters)
        return [Measurement(v if reached else None, n, name) for name, v in found.items()]
