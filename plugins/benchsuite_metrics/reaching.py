"""Whether a model's loss on human text is as low as asked for."""

from __future__ import annotations

from math import log

from pydantic import Field

from benchsuite.api import Context, Parameters, Subject
from benchsuite_metrics.intervals import ratio


class Target(Parameters):
    """Which loss is to be reached."""

    bits_per_byte: float = Field(2.5, gt=0, description="Bits per byte of the test rows, at most.")


def reaches(subject: Subject, target: Target, context: Context) -> bool:
    """Say whether the model's `bits-per-byte` (`in-domain`) is at most the target."""
    test = subject.human.test
    if not test.num_rows:
        return False
    scores = subject.score(test, context)
    loss = ratio(-scores.totals / log(2), scores.bytes, test.num_rows).value
    return loss is not None and loss <= target.bits_per_byte
