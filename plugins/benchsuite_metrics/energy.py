"""Energy that a model cost."""

from __future__ import annotations

from benchsuite.api import Context, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.ledger import STEPS, spent


class Energy(Metric[Parameters]):
    """Energy of the steps behind a model, as the hardware's counters say.

    Σ joules over the steps of the model's generation; slice `all`, then one for each kind of
    step. Unit: J. n: kinds of step. No interval: a step runs once. Counters are RAPL's of the
    processor packages (David et al., ISLPED 2010; Linux, and mostly root alone may read them)
    and, on CUDA, NVML's of the accelerator, with `nvidia-ml-py` installed; memory, fans and power
    supply are not in them. They count the whole machine, so energy is known only for steps that
    ran with one worker; there is no value where a step's is not. Comparable on one machine alone,
    and no seed fixes it.
    """

    axis = "cost"
    unit = "J"
    best = "lower"
    needs = frozenset({"ledger"})
    reproducible = False
    context_slices = STEPS

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Add up the joules."""
        return spent(subject.ledger, lambda cost: cost.energy)
