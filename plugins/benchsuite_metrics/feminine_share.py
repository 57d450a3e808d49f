"""How many of the gendered words are feminine, against human text."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from benchsuite_words.groups import ENDINGS, PAIRS

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import Estimate, against_human, share
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
    way. It speaks where samples hold some hundred gendered words; English only.
    """

    axis = "bias"
    unit = "share"
    best = "zero"
    needs = frozenset({"samples"})
    context_slices = frozenset({"samples", "human"})
    drifts = MappingProxyType({"gap": "samples"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare the share in samples with that in human training rows."""
        return against_human(_share(words_in(subject.samples)), _human(subject.human))


@per_human
def _human(human: HumanRows) -> Estimate:
    return _share(words_in(human.train))


def _share(text: Words) -> Estimate:
    gendered = [
        (row, _FEMININE[word])
        for row, word in zip(text.rows.tolist(), text.words, strict=True)
        if word in _FEMININE
    ]
    if not gendered:
        return Estimate(None, 0)
    rows, feminine = np.array(gendered).T
    return share(np.bincount(rows, feminine), np.bincount(rows))
