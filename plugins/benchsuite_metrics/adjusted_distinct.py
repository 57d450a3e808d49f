"""How many different words samples hold, beside what chance would give in a text of that length."""

from __future__ import annotations

import numpy as np
from scipy.special import xlog1py

from benchsuite.api import Context, Measurement, Metric, Subject
from benchsuite_metrics.intervals import Estimate, against_human, distinct
from benchsuite_metrics.reference import Reference, held_out_words, training_words
from benchsuite_metrics.words import Words, words_in


class AdjustedDistinct(Metric[Reference]):
    """Expectation-adjusted distinct (EAD) of samples minus held-out human text.

    EAD = U / (V · (1 - ((V - 1) / V)^C)): U different words among the first C, over what C
    draws of V equally likely words would show on average (Liu et al., ACL 2022,
    arXiv:2202.13587). V: different words of the human training rows. C: all the words that
    both texts have, so that all text is used whatever its length; no value where a text has
    none. Slices: `gap` = samples - human, `samples`, `human`. Unit: share of that expectation
    (above 1 where new words are many). n: words. Intervals: jackknife over rows (Efron &
    Stein 1981), the gap's from both sides (Newcombe 1998, method 10).

    Zero is best. The correction makes values of different lengths closer, not equal, since
    words are not equally likely: for models that write as much, `vocabulary` says the same.
    """

    parameters_type = Reference
    axis = "creativity"
    unit = "share"
    best = "zero"
    needs = frozenset({"samples"})
    context_slices = frozenset({"samples", "human"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare samples with held-out human text, both cut to the shorter."""
        seed = self.parameters.reference_seed
        samples, human = words_in(subject.samples), held_out_words(subject.human, seed)
        vocabulary = len(training_words(subject.human, seed).vocabulary)
        size = min(len(samples), len(human))
        return against_human(
            _adjusted(samples.first(size), vocabulary), _adjusted(human.first(size), vocabulary)
        )


def _adjusted(text: Words, vocabulary: int) -> Estimate:
    size = len(text)
    if not size or not vocabulary:
        return Estimate(None, size)
    expected = -vocabulary * np.expm1(xlog1py(size, -1 / vocabulary))
    found = distinct(text.numbers, text.rows, np.bincount(text.rows), size)
    return found.scaled(size / float(expected))
