"""Runs of neighbouring words (n-grams) as numbers: compared, counted and looked up at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchsuite_metrics.counting import WIDEST, coded
from benchsuite_metrics.words import Words, run_begins, shared_numbers

_GOLDEN = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: Knuth, TAOCP 3, §6.4
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
        codes[np.flatnonzero(~run_begins(part.rows, length))] = -1
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


def contained(wanted: np.ndarray, known: np.ndarray, factor: int = _GOLDEN) -> np.ndarray:
    """Return which of the codes `wanted` are among those `known`, which are not below 0; exact.

    A hash table without collision lists: a code that is in its slot is known, one whose slot is
    empty is not. Where another code has the slot, the code is looked up by another hash among
    those that lost theirs, which are few. In blocks, so that all but the table stays in a cache.
    The table takes only what shares another hash with a code that is wanted (Bloom, CACM 13
    (1970) 422).
    """
    known = _near(known, wanted, factor)
    factor = factor * _GOLDEN % 2**64
    bits = max(8, 1 + len(known).bit_length())
    table = np.full(1 << bits, -1, np.int64)
    for block in _blocks(known):
        table[_slots(block, bits, factor)] = block
    lost = np.concatenate(
        [
            known[:0],
            *(block.compress(_held(table, block, factor) != block) for block in _blocks(known)),
        ]
    )
    here = np.empty(len(wanted), bool)
    unsure = [np.empty(0, np.int64)]
    for place, block in enumerate(_blocks(wanted)):
        held = _held(table, block, factor)
        here[place * _BLOCK :][: len(block)] = found = held == block
        unsure.append(np.flatnonzero((held >= 0) > found) + place * _BLOCK)
    if len(lost):
        open_ = np.concatenate(unsure)
        here[open_] = contained(wanted.take(open_), lost, factor * _GOLDEN % 2**64)
    return here


def _near(known: np.ndarray, wanted: np.ndarray, factor: int) -> np.ndarray:
    """Return the codes whose hash is also that of a wanted one."""
    bits = 1 + len(wanted).bit_length()
    asked = np.zeros(1 << bits, bool)
    for block in _blocks(wanted):
        asked[_slots(block, bits, factor)] = True
    near = (block.compress(asked.take(_slots(block, bits, factor))) for block in _blocks(known))
    return np.concatenate([known[:0], *near])


def _blocks(codes: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(codes), _BLOCK):
        yield codes[start : start + _BLOCK]


def _held(table: np.ndarray, codes: np.ndarray, factor: int) -> np.ndarray:
    """Return what is in the slots of codes."""
    held: np.ndarray = table.take(_slots(codes, len(table).bit_length() - 1, factor), mode="clip")
    return held


def _slots(codes: np.ndarray, bits: int, factor: int) -> np.ndarray:
    """Return multiplicative hashes of so many bits."""
    hashes: np.ndarray = codes.view(np.uint64) * np.uint64(factor)
    hashes >>= np.uint64(64 - bits)
    return hashes.view(np.int64)
