"""Whether samples still speak of the groups that human text seldom speaks of."""

from __future__ import annotations

import numpy as np
from benchsuite_words.groups import group_of
from pydantic import Field

from benchsuite.api import Context, DyingOut, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.groups import majorities, mentions
from benchsuite_metrics.intervals import Estimate, distinct
from benchsuite_metrics.reference import Reference, held_out_words, per_human
from benchsuite_metrics.words import Words, words_in


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

    What training text holds seldom is lost first, so that neutral drift has a direction: a word
    that stands in k rows of generation 0's training text, of which samples read the part r, is
    missing from those of generation t with the chance exp(-k g(t)), g(0) = r, g(t) = 1 -
    exp(-g(t-1)) (Galton-Watson; Shumailov et al., Nature 631 (2024) 755). Drift is the root mean
    square of that loss, mean and spread; a model that writes rare words less than it read them
    loses more. It speaks where people show some, not all.
    """

    parameters_type = MinoritySurvivalParameters
    axis = "bias"
    unit = "share"
    best = "higher"
    needs = frozenset({"samples", "drawn"})
    context_slices = frozenset({"human"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Look for words of minority groups in samples and in held-out human text."""
        minority, size = _minority(subject.human), self.parameters.words
        human = held_out_words(subject.human, self.parameters.reference_seed)
        return [
            _found(minority, words_in(subject.samples), size).named(
                "all", _drift(minority, words_in(subject.drawn), size)
            ),
            _found(minority, human, size).named("human"),
        ]


def _found(minority: dict[str, int], text: Words, size: int) -> Estimate:
    if len(text.words) < size:
        return Estimate(None, len(minority))
    text = text.first(size)
    places = [i for i, word in enumerate(text.words) if word in minority]
    types = np.array([minority[text.words[i]] for i in places], np.int64)
    return distinct(types, text.rows[places], np.bincount(text.rows), len(minority))


def _drift(minority: dict[str, int], text: Words, size: int) -> DyingOut | None:
    """Return how words die out; None where the text holds none of them."""
    number = np.array([minority.get(word, -1) for word in text.vocabulary], np.int64)[text.numbers]
    held = np.unique(np.stack([text.rows[number >= 0], number[number >= 0]]), axis=1)
    uses = np.bincount(held[1], minlength=len(minority))
    return DyingOut(tuple(uses.tolist()), size / len(text)) if uses.any() else None


@per_human
def _minority(human: HumanRows) -> dict[str, int]:
    """Number the words for minority groups that training text holds."""
    text = words_in(human.train)
    spared = {None, *majorities(mentions(text).sum(axis=0)).values()}
    words = sorted({word for word in text.words if group_of(word) not in spared})
    return {word: number for number, word in enumerate(words)}
