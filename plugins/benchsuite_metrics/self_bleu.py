"""How much of each row the others say too, against human text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchsuite_metrics.excerpts import Excerpts, excerpts
from benchsuite_metrics.gap import WordGap
from benchsuite_metrics.intervals import Estimate, mean
from benchsuite_metrics.repeats import Repeats, repeats
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
    human, `samples`, `human`. Unit: BLEU, from 0 to 1. n: rows. Intervals: jackknife over rows,
    a row that is left out being missing among the others, too (Efron & Stein 1981: its bias is
    upward, here by a tenth to a quarter of the width), the gap's from both sides (Newcombe 1998,
    method 10). Source: Zhu et al., SIGIR 2018,
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
        if len(cut) < self.parameters.rows:
            return Estimate(None, len(cut))
        return mean(*self_bleu(cut))


def self_bleu(cut: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's BLEU-4 against all others, and what the others' lose without the row.

    `cut` are numbers of words, `[rows, length]`.
    """
    rows, longest = len(cut), _ORDERS[-1]
    matches, pairs, losses = np.zeros((longest, rows)), [], []
    for n, found in zip(_ORDERS, repeats(cut, longest), strict=True):
        matches[n - 1], lost = _matches(found, rows)
        pairs.append(lost.row * rows + lost.other)
        losses.append(lost.matches)
    runs = cut.shape[1] - np.array(_ORDERS)[:, None] + 1
    bleu = _bleu(matches, runs)
    if rows < 2:  # noqa: PLR2004 (none to compare with)
        return bleu, np.zeros(rows)
    different, place = np.unique(np.concatenate(pairs), return_inverse=True)
    ends = np.cumsum([len(each) for each in pairs])[:-1]
    lost_by_order = [
        np.bincount(at, by, minlength=len(different))
        for at, by in zip(np.split(place, ends), losses, strict=True)
    ]
    row, other = np.divmod(different, rows)
    less = bleu[row] - _bleu(matches[:, row] - np.array(lost_by_order), runs)
    return bleu, np.bincount(other, less, minlength=rows)


def _bleu(matches: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Return the geometric mean of precisions, from matches `[orders, …]`."""
    bleu: np.ndarray = np.exp(np.log(np.maximum(matches, _FLOOR) / runs).mean(axis=0))
    return bleu


class _Lost(NamedTuple):
    """How many `matches` a `row` would lose without an `other`."""

    row: np.ndarray
    other: np.ndarray
    matches: np.ndarray


def _matches(found: Repeats, rows: int) -> tuple[np.ndarray, _Lost]:
    """Return how many runs of each row match, and what single others are needed for.

    A run's largest count over the other rows is its largest over all, but for the row that has
    this one: for it, the second largest. Only these two rows, of which the others have at most
    the third largest, match each other more often than they match the others.
    """
    run, row, count = found
    order = np.lexsort((-count, run))
    starts = np.flatnonzero(np.diff(run, prepend=-1))
    sizes = np.diff(starts, append=len(run))
    first, second, third = (
        np.where(sizes > place, count[order[np.minimum(starts + place, len(run) - 1)]], 0)
        for place in range(3)
    )
    leader = np.zeros(len(run), bool)
    leader[order[starts]] = True
    best = np.where(leader, second[run], first[run])
    needed = np.flatnonzero(second > third)
    pair = row[order[starts[needed, None] + np.arange(2)]]
    by = np.tile((second - third)[needed], 2)
    return (
        np.bincount(row, np.minimum(count, best), minlength=rows),
        _Lost(pair.T.ravel(), pair[:, ::-1].T.ravel(), by),
    )
