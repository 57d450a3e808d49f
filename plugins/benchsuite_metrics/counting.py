"""Codes counted by sorting values, which numpy does far faster than hashing or sorting indices."""

from __future__ import annotations

import numpy as np

WIDEST = 2**63 - 1


def tally(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different codes in order, and how often each occurs."""
    ordered = np.sort(codes)
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[first], np.diff(first, append=len(ordered))


def ranked(codes: np.ndarray) -> tuple[np.ndarray, int]:
    """Return each code's place among the different ones, and how many these are."""
    order = np.argsort(codes)
    new = np.diff(codes[order], prepend=-1) != 0
    ranks = np.empty(len(codes), np.int64)
    ranks[order] = np.cumsum(new) - 1
    return ranks, int(np.count_nonzero(new))


def coded(numbers: np.ndarray, length: int, base: int) -> np.ndarray:
    """Return one int64 for each `length` neighbouring numbers below `base`.

    Codes are equal just where the numbers are. These are digits of one number. Where it would
    not fit into 63 bits, what was read so far is ranked, so that the code is exact.
    """
    if base**length <= WIDEST:
        return _digits(numbers, length, base)
    last = max(0, len(numbers) - length + 1)
    codes, size = numbers[:last].astype(np.int64), base
    for offset in range(1, length):
        if size > WIDEST // base:
            codes, size = ranked(codes)
        codes *= base
        codes += numbers[offset : offset + last]
        size *= base
    return codes


def _digits(numbers: np.ndarray, length: int, base: int) -> np.ndarray:
    """Return neighbouring numbers read as one, each half of them once."""
    if length == 1:
        return numbers.astype(np.int64)
    half = length // 2
    low = _digits(numbers, half, base)
    high = low if length == 2 * half else _digits(numbers, length - half, base)
    last = max(0, len(numbers) - length + 1)
    codes: np.ndarray = high[:last] * base**half
    codes += low[length - half :][:last]
    return codes
