"""What it took to reach a given loss on human text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchsuite.api import (
    NOTHING,
    Context,
    HumanRows,
    Measurement,
    Metric,
    Subject,
)
from benchsuite_metrics.reaching import Target, reaches
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    from collections.abc import Mapping


class FlopsToReach(Metric[Target]):
    """Operations of all that a model came from, if it has the given bits per byte or fewer.

    Σ floating-point operations of training, writing and grading over the model's own steps and all
    that its training text and its first weights came from, back to generation 0; there is no
    value where its `bits-per-byte` (`in-domain`) is above the target. What it costs to reach the
    target is so told to a generation, which is what loops are bought by: training is not stopped
    on the way, nor anything interpolated. A model that learns from human rows alone came from no
    other. Unit: FLOP. n: test rows. No interval: operations are counted.

    It compares regimes of equal budgets at every scale, where models are on both sides of the
    target: set it between the control's loss and that of generation 0.
    """

    parameters_type = Target
    axis = "cost"
    unit = "FLOP"
    best = "lower"
    needs = frozenset({"model", "lineage"})

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """The loss is that of the test rows."""
        return {"in-domain": texts(human.test)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Add up operations, if the loss is low enough."""
        n = subject.human.test.num_rows
        if not subject.lineage or not reaches(subject, self.parameters, context):
            return [Measurement(None, n)]
        spent = sum(subject.lineage.values(), NOTHING).flops
        return [Measurement(float(spent), n)]
