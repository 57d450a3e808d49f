"""Runs of neighbouring words (n-grams) as numbers: compared, counted and looked up at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchsuite_metrics.counting import WIDEST, coded
from benchsuite_metrics.words import Words, shared_numbers

_GOLDEN = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: Knuth, TAOCP 3, §6.4
_EMPTY = np.iinfo(np.int64).min  # what is no code
_BLOCK = 1 << 16  # codes that are looked up at once
_WORDS = 1 << 14  # words that are coded at once


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
    found = []
    for codes, part in zip(windows_of(length, *parts), parts, strict=True):
        within = codes >= 0
        found.append(Runs(codes[within], part.rows[: len(codes)][within]))
    return found


def windows_of(length: int, *parts: Words) -> list[np.ndarray]:
    """Return a code for each `length` neighbouring words of each part, -1 where a row ends between.

    Codes are shared by all parts.
    """
    numbers, size = shared_numbers(*parts)
    pairs = list(zip(numbers, parts, strict=True))
    if size**length <= WIDEST:
        found = [_codes(shared, part.numbers, length, size) for shared, part in pairs]
    else:
        found = _ranked([shared.take(part.numbers) for shared, part in pairs], length, size)
    for codes, part in zip(found, parts, strict=True):
        across = (part.ends[:, None] - np.arange(1, length)).ravel()
        codes[across[(across >= 0) & (across < len(codes))]] = -1
    return found


def _codes(shared: np.ndarray, numbers: np.ndarray, length: int, size: int) -> np.ndarray:
    """Return the codes of windows of the `shared` numbers, in blocks that stay in a cache."""
    found = np.empty(max(0, len(numbers) - length + 1), np.int64)
    for start in range(0, len(found), _WORDS):
        here = shared.take(numbers[start : start + _WORDS + length - 1], mode="clip")
        found[start : start + _WORDS] = coded(here, length, size)
    return found


def _ranked(parts: list[np.ndarray], length: int, size: int) -> list[np.ndarray]:
    """Return the codes of windows of each part, ranked over all parts."""
    codes = coded(np.concatenate(parts), length, size)
    found, begin = [], 0
    for part in parts:
        found.append(codes[begin:][: max(0, len(part) - length + 1)])
        begin += len(part)
    return found


def contained(wanted: np.ndarray, known: np.ndarray, turn: int = 0) -> np.ndarray:
    """Return which of the codes `wanted` are among those `known`, where -1 is none; exact.

    Both sides are narrowed to what shares a hash with the other one (Bloom, CACM 13 (1970) 422).
    What is left is looked up in a hash table without collision lists: a code that is in its slot
    is known, one whose slot is empty is not. Where another code has the slot, which is seldom, the
    code is looked up again, by other hashes. In blocks, so that all but tables stays in a cache.
    """
    known = known.take(_meeting(known, wanted, turn))
    places = _meeting(wanted, known, turn + 1)
    likely = wanted.take(places)
    known = known.take(_meeting(known, likely, turn + 2))
    found = np.zeros(len(wanted), bool)
    found[places], again = _in_slots(likely, known[known >= 0], turn + 3)
    if len(again):
        found[places[again]] = contained(likely.take(again), known, turn + 4)
    return found


def _meeting(codes: np.ndarray, others: np.ndarray, turn: int) -> np.ndarray:
    """Return the places of the codes whose hash is also that of one of the others."""
    bits = 1 + len(others).bit_length()
    taken = np.zeros(1 << bits, bool)
    for block in _blocks(others):
        taken[_slots(block, bits, turn)] = True
    met = np.empty(len(codes), bool)
    for block, found in zip(_blocks(codes), _blocks(met), strict=True):
        taken.take(_slots(block, bits, turn), mode="clip", out=found)
    return np.flatnonzero(met)


def _in_slots(wanted: np.ndarray, known: np.ndarray, turn: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which wanted codes have the slot of their hash, and where another code has it."""
    bits = 1 + len(known).bit_length()
    table = np.full(1 << bits, _EMPTY)
    for block in _blocks(known):
        table[_slots(block, bits, turn)] = block
    held = np.empty(len(wanted), np.int64)
    for block, found in zip(_blocks(wanted), _blocks(held), strict=True):
        table.take(_slots(block, bits, turn), mode="clip", out=found)
    here = held == wanted
    return here, np.flatnonzero((held >= 0) > here)


def _blocks(codes: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(codes), _BLOCK):
        yield codes[start : start + _BLOCK]


def _slots(codes: np.ndarray, bits: int, turn: int) -> np.ndarray:
    """Return multiplicative hashes of so many bits, others at every turn."""
    hashes: np.ndarray = codes.view(np.uint64) * np.uint64(pow(_GOLDEN, 1 + turn, 2**64))
    hashes >>= np.uint64(64 - bits)
    return hashes.view(np.int64)
