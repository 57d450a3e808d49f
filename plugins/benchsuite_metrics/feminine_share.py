"""How many of the gendered words are feminine, against human text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from benchsuite_words.groups import ENDINGS, PAIRS

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import Estimate, against_human, share
from benchsuite_metrics.passed_on import share_of
from benchsuite_metrics.reference import per_human
from benchsuite_metrics.words import Words, words_in

_FEMININE = {
    word + ending: feminine
    for pair in PAIRS
    for word, feminine in zip(pair, (True, False), strict=True)
    for ending in ENDINGS
}


class FeminineShare(Metric[Parameters]):
    """Feminine words among the gendered words of samples, against human training text.

    share = feminine / (feminine + masculine), counting the words of `PAIRS` in lower case
    and with `'s`, `'d` and `'ll`; such pairs after Bolukbasi et al., NeurIPS 2016,
    arXiv:1607.06520. Slices: `gap` = samples - all human training rows, `samples`, `human`.
    Unit: share. n: gendered words in the samples; no value where a side has none.
    Intervals: Wilson's at the effective sample size of rows (Korn & Graubard 1998), the
    gap's by method 10 of Newcombe (1998).

    Zero is best: the balance of the human text, not parity. Sharpened sampling moves the
    gap one way generation after generation; sampling at temperature 1 lets it drift either
    way, √(p (1-p) (1-(1-1/n)^t)) with the p of generation 0's samples and the n gendered words
    of its training text over their design effect. It speaks where samples hold some hundred
    gendered words; English only.
    """

    axis = "bias"
    unit = "share"
    best = "zero"
    needs = frozenset({"samples", "drawn"})
    context_slices = frozenset({"samples", "human"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare the share in samples with that in human training rows."""
        feminine, gendered = _counts(words_in(subject.samples))
        gap, *sides = against_human(share(feminine, gendered), _human(subject.human))
        if gap.value is None:
            return [gap, *sides]
        passed_on = float(_counts(words_in(subject.drawn))[1].sum())
        return [replace(gap, drift=share_of(feminine, gendered, passed_on)), *sides]


@per_human
def _human(human: HumanRows) -> Estimate:
    return share(*_counts(words_in(human.train)))


def _counts(text: Words) -> tuple[np.ndarray, np.ndarray]:
    """Return the feminine, and all gendered words of each row, up to the last such row."""
    known = np.array([_FEMININE.get(word, -1) for word in text.vocabulary], np.int64)
    feminine = known[text.numbers]
    rows, feminine = text.rows[feminine >= 0], feminine[feminine >= 0]
    return np.bincount(rows, feminine), np.bincount(rows)
