"""Loss on held-out human text, whatever the tokenizer."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import ratio
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa


class BitsPerByte(Metric[Parameters]):
    """Bits that the model needs for a byte of held-out human text.

    -Σ log₂ p(token | what stands before it) / Σ bytes in UTF-8, over all rows; the token
    that ends a row is counted, its zero bytes too. Unit: bits/byte, so models of different
    tokenizers compare (Gao et al., The Pile, arXiv:2101.00027, §3.1). Slices: `in-domain`,
    the test rows; `out-of-domain`, where the corpus has such rows. n: rows. Interval:
    linearised ratio estimator over rows (Cochran 1977, §6.4).

    It speaks at every scale. A mean over tokens is mostly the common ones: what happens to
    rare ones is `rare-token-loss`.
    """

    axis = "generalization"
    unit = "bits/byte"
    best = "lower"
    needs = frozenset({"model"})

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """Both splits are evaluation sets."""
        return {"in-domain": texts(human.test), "out-of-domain": texts(human.out_of_domain)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Measure each split that has rows; an empty test split has no value."""
        splits = [("in-domain", subject.human.test)]
        if subject.human.out_of_domain.num_rows:
            splits.append(("out-of-domain", subject.human.out_of_domain))
        return [_measured(name, rows, subject, context) for name, rows in splits]


def _measured(name: str, rows: pa.Table, subject: Subject, context: Context) -> Measurement:
    if not rows.num_rows:
        return Measurement(None, 0, name)
    scores = subject.score(rows, context)
    return ratio(-scores.totals / log(2), scores.bytes, rows.num_rows).named(name)
