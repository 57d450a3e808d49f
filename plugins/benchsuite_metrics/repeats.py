"""Runs of words that come more than once among rows of one length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from benchsuite_metrics.counting import WIDEST, ranked


class Repeats(NamedTuple):
    """Which rows have which runs how often, of those runs that come at least twice in all.

    `[entries]`, one for each row of a run: `run`, its place among these runs, in order; `row`, in
    order within a run; `times`.
    """

    run: np.ndarray
    row: np.ndarray
    times: np.ndarray


def repeats(cut: np.ndarray, longest: int) -> Iterator[Repeats]:
    """Yield the repeated runs of 1, 2, … `longest` words among rows of words `[rows, length]`.

    The two runs of n - 1 words that a repeated run of n words consists of are repeated as well.
    So longer runs are sought only where two such follow each other, which are few: most runs of
    real text come once (the pruning of Agrawal & Srikant, VLDB 1994).
    """
    found, places = _repeated(cut)
    yield found
    for n in range(2, longest + 1):
        words = cut[:, n - 1 :]
        begins, both = places[:, :-1], np.minimum(places[:, :-1], places[:, 1:]) >= 0
        codes = np.where(both, begins * (1 + int(words.max(initial=0))) + words, -1)
        found, places = _repeated(codes)
        yield found


def _repeated(codes: np.ndarray) -> tuple[Repeats, np.ndarray]:
    """Return the codes `[rows, columns]` that repeat, and each one's place among these, or -1.

    Codes below 0 are no runs. A code and where it stands are one number, so that sorting numbers
    is all it takes.
    """
    width = max(1, codes.shape[1] - 1).bit_length()
    bits = width + max(1, len(codes) - 1).bit_length()
    row, column = np.nonzero(codes >= 0)
    flat = codes[row, column].astype(np.int64)
    if int(flat.max(initial=0)) > WIDEST >> bits:
        flat, _ = ranked(flat)
    keys = np.sort(flat << bits | row << width | column)
    new = np.diff(keys >> bits, prepend=-1) != 0
    sizes = np.diff(np.flatnonzero(new), append=len(keys))
    often = np.repeat(sizes > 1, sizes)
    keys, new = keys[often], new[often]
    run, row = np.cumsum(new) - 1, (keys >> width) & ((1 << (bits - width)) - 1)
    places = np.full(codes.shape, -1)
    places[row, keys & ((1 << width) - 1)] = run
    firsts = np.flatnonzero(new | (np.diff(row, prepend=-1) != 0))
    return Repeats(run[firsts], row[firsts], np.diff(firsts, append=len(keys))), places
