"""Money that a model cost, at rates of the user's."""

from __future__ import annotations

from pydantic import Field

from benchsuite.api import Context, Cost, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.ledger import STEPS, spent

_HOUR = 3600.0
_KILOWATT_HOUR = 3.6e6
_MILLION = 1e6


class MoneyParameters(Parameters):
    """What things cost, in one currency; rates that are given add up."""

    per_hour: float | None = Field(None, ge=0, description="Of the machine, for an hour of a step.")
    per_kilowatt_hour: float | None = Field(
        None, ge=0, description="Of energy; it must be reported, see `energy`."
    )
    per_million_tokens: float | None = Field(
        None, ge=0, description="Of tokens trained on, written or graded, as an API bills them."
    )


class Money(Metric[MoneyParameters]):
    """Money for the steps behind a model, generator and graders included, at the user's rates.

    seconds / 3600 · `per_hour` + joules / 3.6e6 · `per_kilowatt_hour` + tokens / 10⁶ ·
    `per_million_tokens`, summed over the steps of the model's generation; slice `all`, then one
    for each kind of step. Unit: currency, whichever the rates are in. n: kinds of step. No
    interval: a step runs once. No value without a rate, nor where a rate is for energy that is
    not reported. Steps that run side by side each take their own hours, so `per_hour` is the rate
    of one worker. Comparable on one machine alone, and no seed fixes it.
    """

    parameters_type = MoneyParameters
    axis = "cost"
    unit = "currency"
    best = "lower"
    needs = frozenset({"ledger"})
    reproducible = False
    context_slices = STEPS

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Add up what the steps come to."""
        return spent(subject.ledger, self._price)

    def _price(self, cost: Cost) -> float | None:
        rates = self.parameters
        billed = [
            (rates.per_hour, cost.seconds / _HOUR),
            (
                rates.per_kilowatt_hour,
                None if cost.energy is None else cost.energy / _KILOWATT_HOUR,
            ),
            (rates.per_million_tokens, cost.tokens / _MILLION),
        ]
        due = [(rate, amount) for rate, amount in billed if rate is not None]
        if not due or any(amount is None for _, amount in due):
            return None
        return sum(rate * amount for rate, amount in due if amount is not None)
