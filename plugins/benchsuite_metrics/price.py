"""What a model costs by formula, whatever its loss."""

from __future__ import annotations

from benchsuite.api import Context, Measurement, Metric, Subject
from benchsuite_metrics.pricing import Rates, prices


class Price(Metric[Rates]):
    """Price of a model by formula: its operations and its human text, at the user's rates.

    operations / 10¹⁸ · `per_exaflop` + human tokens / 10⁶ · `per_million_human_tokens`; a human
    row is paid for once, however often it is read. Slice `all` counts everything that the model
    came from, back to generation 0 and the human rows that it learned from; `own` what its own
    generation took: its training, the writing and grading of its synthetic rows, and the human
    rows of its own mix. Claims of cheap training on synthetic text are about `own`: what the
    generator once cost is another's bill. Unit: currency, whichever the rates are in. n: kinds of
    step. No interval: it is counted, and so the same on every machine.

    New human rows that models between generation 0 and this one learned from are not counted.
    A cheap model may be a bad one: the ratio to the control at equal quality is what a suite's
    `equal_quality` asks for.
    """

    parameters_type = Rates
    axis = "cost"
    unit = "currency"
    best = "lower"
    needs = frozenset({"ledger", "lineage", "training", "drawn"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Add up what all of it comes to."""
        steps = {"all": len(subject.lineage), "own": len(subject.ledger)}
        found = prices(subject, self.parameters)
        return [Measurement(value, steps[name], name) for name, value in found.items()]
