"""How much of each row the others say too, against human text."""

from __future__ import annotations

import numpy as np

from benchsuite_metrics.excerpts import Excerpts, counted, excerpts, grams
from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate, mean
from benchsuite_metrics.words import Words

_ORDERS = range(1, 5)
_FLOOR = 0.1  # matches where there is none: smoothing method 1 of Chen & Cherry, WMT 2014


class SelfBleu(WordGap[Excerpts]):
    """Mean BLEU-4 of each row against all the others, samples minus held-out human text.

    BLEU of a row = (Π p₁…p₄)^¼, where pₙ = matches / runs of n words; a run matches at most
    as often as the row of the others that has it most often; no matches count as 0.1 (Papineni
    et al., ACL 2002; smoothing method 1 of Chen & Cherry, WMT 2014, sacrebleu's `floor`). All
    rows are cut to `length` words, so that there is no penalty for brevity. Over the first
    `rows` rows of as many words; no value where there are fewer. Slices: `gap` = samples -
    human, `samples`, `human`. Unit: BLEU, from 0 to 1. n: rows. Interval: Student's t over
    rows, with the rows that each is compared with held fixed, hence too narrow by about a
    quarter. Source: Zhu et al., SIGIR 2018,
    arXiv:1802.01886. The whole of it is exact, in one pass over sorted counts.

    Zero is best: above it rows are more alike than people's. It grows with the number of
    rows, so compare values of equal `rows` and `length` alone. It sees sharpened sampling
    and duplicates, and hardly sees collapse at temperature 1.
    """

    parameters_type = Excerpts
    unit = "BLEU"

    def estimate(self, text: Words) -> Estimate:
        """Compare each row with all others."""
        cut = excerpts(text, self.parameters)
        return (
            mean(self_bleu(cut)) if len(cut) == self.parameters.rows else Estimate(None, len(cut))
        )


def self_bleu(cut: np.ndarray) -> np.ndarray:
    """Return each row's BLEU-4 against all others; `cut` are numbers of words, `[rows, length]`."""
    logs = np.zeros(len(cut))
    for n in _ORDERS:
        codes = grams(cut, n)
        logs += np.log(np.maximum(_matches(codes), _FLOOR) / codes.shape[1])
    return np.exp(logs / len(_ORDERS))


def _matches(codes: np.ndarray) -> np.ndarray:
    """Return how many of each row's runs `[rows, runs]` match.

    Each code's largest count over the other rows is its largest over all, but for the row
    that has this one: for it, the second largest.
    """
    code, row, count = counted(codes)
    starts = np.flatnonzero(np.diff(code, prepend=-1))
    best = np.maximum.reduceat(count, starts)[code]
    at_best = np.flatnonzero(count == best)
    leader = np.zeros(len(code), bool)
    leader[at_best[np.diff(code[at_best], prepend=-1) != 0]] = True
    second = np.maximum.reduceat(np.where(leader, 0, count), starts)[code]
    matches = np.minimum(count, np.where(leader, second, best))
    return np.bincount(row, matches, minlength=len(codes))
