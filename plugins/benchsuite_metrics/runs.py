"""Runs of neighbouring words (n-grams) as numbers: compared, counted and looked up at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchsuite_metrics.counting import coded
from benchsuite_metrics.words import Words, numbered, run_starts

_GOLDEN = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: Knuth, TAOCP 3, §6.4


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
    numbers = np.concatenate(numbered(*parts))
    last = max(0, len(numbers) - length + 1)
    codes = coded([numbers[offset : offset + last] for offset in range(length)])
    found, begin = [], 0
    for part in parts:
        starts = run_starts(part.rows, length)
        found.append(Runs(codes[begin + starts], part.rows[starts]))
        begin += len(part)
    return found


def contained(wanted: np.ndarray, known: np.ndarray, factor: int = _GOLDEN) -> np.ndarray:
    """Return which of the codes `wanted` are among those `known`; exact.

    A hash table without collision lists: a code that is in its slot is known, one whose slot is
    empty is not. Where another code has the slot, the code is looked up by another hash among
    those that lost theirs, which are few.
    """
    bits = max(8, 1 + len(known).bit_length())
    table = np.full(1 << bits, -1, np.int64)
    slots = _slots(known, bits, factor)
    table[slots] = known
    found = table[_slots(wanted, bits, factor)]
    here: np.ndarray = found == wanted
    lost = known[table[slots] != known]
    if len(lost):
        unsure = np.flatnonzero(~here & (found >= 0))
        here[unsure] = contained(wanted[unsure], lost, factor * _GOLDEN % 2**64)
    return here


def _slots(codes: np.ndarray, bits: int, factor: int) -> np.ndarray:
    """Return multiplicative hashes of so many bits."""
    hashes: np.ndarray = codes.view(np.uint64) * np.uint64(factor)
    hashes >>= np.uint64(64 - bits)
    return hashes.view(np.int64)
