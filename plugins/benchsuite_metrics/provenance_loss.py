"""Loss on human and on synthetic text that a model was not trained on, apart."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import Estimate, ratio
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchsuite.api import Scores


class ProvenanceLoss(Metric[Parameters]):
    """Bits per byte of human validation rows, and beside it of rows that the model before wrote.

    -Σ log₂ p / Σ bytes as in `bits-per-byte`. Slices: `human`, the validation rows; `synthetic`,
    the samples of the generation before, which are drawn as those that models learn from and
    which no model learns from; none for generation 0. Unit: bits/byte. n: rows. Interval:
    linearised ratio estimator over rows (Cochran 1977, §6.4).

    The two part in a loop: `synthetic` falls as models write ever more predictable text, while
    `human` rises, so that a loss on a mix of both may stand still (as in Gerstgrasser et al.,
    arXiv:2404.01413, who hold out human text). `synthetic` is another text for each model, hence
    shown and never compared; it is no model's loss on its own text. It speaks at every scale.
    """

    axis = "generalization"
    unit = "bits/byte"
    best = "lower"
    needs = frozenset({"model", "earlier"})
    context_slices = frozenset({"synthetic"})

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """What is compared rests on the validation rows."""
        return {"validation": texts(human.validation)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score both kinds of row."""
        human, synthetic = subject.human.validation, subject.earlier
        return [
            _loss(subject.score(human, context) if human.num_rows else None).named("human"),
            _loss(subject.model.score(synthetic, context) if synthetic.num_rows else None).named(
                "synthetic"
            ),
        ]


def _loss(scores: Scores | None) -> Estimate:
    if scores is None:
        return Estimate(None, 0)
    return ratio(-scores.totals / log(2), scores.bytes, len(scores.bytes))
