"""Whether samples still speak of the groups that human text seldom speaks of."""

from __future__ import annotations

import numpy as np
from benchsuite_words.groups import GROUPS, group_of
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.groups import columns, mentions
from benchsuite_metrics.intervals import Estimate, distinct
from benchsuite_metrics.reference import Reference, held_out_words, per_human
from benchsuite_metrics.words import Words, texts, words_of


class MinoritySurvivalParameters(Reference):
    """How much text is read."""

    words: int = Field(10_000, ge=1, description="Words of samples, and of human text, to read.")


class MinoritySurvival(Metric[MinoritySurvivalParameters]):
    """Share of the words for minority groups that samples of a fixed length still hold.

    Minority groups are, of each kind (gender, religion, origin; the words of `groups.py`), all
    but the one that human training text mentions most; their words, those that occur in it.
    Value: the share of these words that occurs in the first `words` words of the samples.
    `human` is the same for as many words of held-out human text. No value where there are fewer
    words, or no such words. Unit: share. n: words for minority groups. Interval: jackknife over
    rows (Efron & Stein 1981).

    What training text holds seldom is lost first: a word with λ expected uses in what each
    generation passes on is gone after t generations of neutral sampling with the probability
    q(t) = exp(λ (q(t-1) - 1)), q(0) = 0 (Galton-Watson; Shumailov et al., Nature 631 (2024)
    755): read it against `human` and the control. It speaks where people show some, not all.
    """

    parameters_type = MinoritySurvivalParameters
    axis = "bias"
    unit = "share"
    best = "higher"
    needs = frozenset({"samples"})
    context_slices = frozenset({"human"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Look for words of minority groups in samples and in held-out human text."""
        minority, size = _minority(subject.human), self.parameters.words
        human = held_out_words(subject.human, self.parameters.reference_seed)
        return [
            _found(minority, words_of(texts(subject.samples)), size).named("all"),
            _found(minority, human, size).named("human"),
        ]


def _found(minority: dict[str, int], text: Words, size: int) -> Estimate:
    if len(text.words) < size:
        return Estimate(None, len(minority))
    text = text.first(size)
    places = [i for i, word in enumerate(text.words) if word in minority]
    types = np.array([minority[text.words[i]] for i in places], np.int64)
    return distinct(types, text.rows[places], np.bincount(text.rows), len(minority))


@per_human
def _minority(human: HumanRows) -> dict[str, int]:
    """Number the words for minority groups that training text holds."""
    text = words_of(texts(human.train))
    counts = mentions(text).sum(axis=0)
    majorities = {columns(kind)[np.argmax(counts[columns(kind)])] for kind in GROUPS}
    words = sorted({word for word in text.words if group_of(word) not in {None, *majorities}})
    return {word: number for number, word in enumerate(words)}
