"""Runs of neighbouring words (n-grams) as numbers: compared, counted and looked up at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchsuite_metrics.counting import coded
from benchsuite_metrics.words import Words, numbered, run_starts

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Knuth, TAOCP 3, §6.4


@dataclass(frozen=True)
class Runs:
    """`codes`, int64 `[runs]`: equal just where runs are; `rows`, `[runs]`: where each stands."""

    codes: np.ndarray
    rows: np.ndarray

    def first(self, count: int) -> Runs:
        """Return the first `count` runs."""
        return Runs(self.codes[:count], self.rows[:count])

    def __len__(self) -> int:
        return len(self.codes)


def runs_of(length: int, *parts: Words) -> list[Runs]:
    """Return the runs of `length` words that lie within one row, in reading order.

    Codes are shared by all parts.
    """
    starts = [run_starts(part.rows, length) for part in parts]
    numbers = numbered(*parts)
    columns = [
        np.concatenate([own[at + offset] for own, at in zip(numbers, starts, strict=True)])
        for offset in range(length)
    ]
    codes = np.split(coded(columns), np.cumsum([len(at) for at in starts])[:-1])
    return [Runs(own, part.rows[at]) for own, part, at in zip(codes, parts, starts, strict=True)]


def contained(wanted: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return which of the codes `wanted` are among those `known`.

    A hash table without collision lists: a code that is in its slot is known, one whose slot
    is empty is not. Where another code has the slot, the code is looked up by bisection among
    those that lost theirs, which are few.
    """
    bits = max(8, 1 + len(known).bit_length())
    table = np.full(1 << bits, -1, np.int64)
    slots = _slots(known, bits)
    table[slots] = known
    lost = np.sort(known[table[slots] != known])
    found = table[_slots(wanted, bits)]
    here = found == wanted
    unsure = np.flatnonzero(~here & (found >= 0))
    if len(lost):
        unsure = unsure[np.argsort(wanted[unsure])]  # in order, memory is read in order
        at = np.minimum(np.searchsorted(lost, wanted[unsure]), len(lost) - 1)
        here[unsure] = lost[at] == wanted[unsure]
    return here


def _slots(codes: np.ndarray, bits: int) -> np.ndarray:
    """Return multiplicative hashes of so many bits."""
    hashes = codes.view(np.uint64) * _GOLDEN
    return np.right_shift(hashes, np.uint64(64 - bits)).astype(np.int64)
