"""Metrics of what rows say, as the signed gap of samples to as much human text."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from benchsuite.api import Context, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.intervals import Estimate, against_human
from benchsuite_metrics.reference import Reference, held_out_words, per_human
from benchsuite_metrics.words import Words, words_in

R = TypeVar("R", bound=Reference)


class WordGap(Metric[R]):
    """Compares words of samples with words of held-out human text."""

    axis = "creativity"
    best = "zero"
    needs = frozenset({"samples"})
    context_slices = frozenset({"samples", "human"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare samples with as much held-out human text."""
        samples = self.estimate(words_in(subject.samples))
        return against_human(samples, _human(subject.human, type(self), self.parameters))

    @abstractmethod
    def estimate(self, text: Words) -> Estimate:
        """Measure one side; there is no value where it is too short."""


@per_human
def _human(human: HumanRows, metric: type[WordGap[R]], parameters: R) -> Estimate:
    return metric(parameters).estimate(held_out_words(human, parameters.reference_seed))
