"""Codes counted by sorting values, which numpy does far faster than hashing or sorting indices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WIDEST = 2**63 - 1
_BLOCK = 1 << 14  # rows that are coded at once, in a core's cache


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


def coded(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return one int64 for each row of columns of numbers: equal just where rows are.

    The numbers are digits of one number. Where it would not fit into 63 bits, what was read
    so far is ranked, so that the code is exact.
    """
    base = 1 + max(int(column.max(initial=0)) for column in columns)
    codes = np.empty(len(columns[0]), np.int64)
    if base ** len(columns) <= WIDEST:
        for start in range(0, len(codes), _BLOCK):
            _read(codes[start:][:_BLOCK], [column[start:][:_BLOCK] for column in columns], base)
        return codes
    codes, size = columns[0].astype(np.int64), base
    for column in columns[1:]:
        if size > WIDEST // base:
            codes, size = ranked(codes)
        codes *= base
        codes += column
        size *= base
    return codes


def _read(codes: np.ndarray, columns: Sequence[np.ndarray], base: int) -> None:
    """Write the numbers whose digits are in columns."""
    codes[:] = columns[0]
    for column in columns[1:]:
        codes *= base
        codes += column
