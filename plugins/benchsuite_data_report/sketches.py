"""What stands for all rows in memory of a fixed size: hashes counted, and signatures of sets."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from benchsuite_data_report.rows import Hashed

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Knuth, TAOCP 3, section 6.4
_ALL = 2**64
_EMPTY = np.uint64(_ALL - 1)


class Copies(NamedTuple):
    """Share of rows that are a copy of an earlier one, its standard error, the most alike rows."""

    share: float
    error: float
    largest: int


class CopyCounter:
    """Counts how often hashes come, exactly up to `size` different ones; from then on estimates.

    It keeps the `size` smallest hashes with their counts (k minimum values: Bar-Yossef et al.,
    RANDOM 2002; Beyer et al., SIGMOD 2007). With h the largest of k kept, as a share of all
    hashes, there are about (k - 1) / h different ones, with a relative standard error of
    1 / sqrt(k - 2), whatever their counts.
    """

    def __init__(self, size: int = 2**20) -> None:
        self._size = size
        self._codes, self._counts = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        self._waiting: list[np.ndarray] = []
        self._held = 0
        self._cut = False
        self.total = 0

    def add(self, codes: np.ndarray) -> None:
        """Add hashes, uint64."""
        self.total += len(codes)
        if self._cut:
            codes = codes[codes <= self._codes[-1]]
        self._waiting.append(codes)
        self._held += len(codes)
        if self._held >= self._size // 4:
            self._merge()

    def _merge(self) -> None:
        codes = np.concatenate([self._codes, *self._waiting])
        counts = np.concatenate([self._counts, np.ones(self._held, np.int64)])
        self._waiting, self._held = [], 0
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
        starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]])[: len(codes)])
        self._codes = codes[starts]
        self._counts = np.add.reduceat(counts[order], starts) if len(starts) else counts
        if len(self._codes) > self._size:
            self._codes = self._codes[: self._size].copy()
            self._counts = self._counts[: self._size].copy()
            self._cut = True

    def copies(self) -> Copies:
        """Return how many rows are copies."""
        self._merge()
        if not self.total:
            return Copies(0.0, 0.0, 0)
        kept, largest = len(self._codes), int(self._counts.max(initial=0))
        if not self._cut:
            return Copies((self.total - kept) / self.total, 0.0, largest)
        different = (kept - 1) / ((int(self._codes[-1]) + 1) / _ALL)
        share = min(1.0, different / self.total)
        return Copies(1 - share, share / sqrt(kept - 2), largest)


def run_hashes(text: Hashed, length: int) -> Hashed:
    """Return a hash of each run of `length` words within a row, and its row."""
    last = max(0, len(text.codes) - length + 1)
    starts = np.flatnonzero(text.rows[:last] == text.rows[length - 1 :][:last])
    hashes = np.zeros(len(starts), np.uint64)
    for offset in range(length):
        hashes ^= text.codes[starts + offset]
        hashes *= _ODD
        hashes ^= hashes >> np.uint64(32)
    return Hashed(hashes, text.rows[starts])


class KnownCodes:
    """A fixed set of hashes, asked for many at once; exact."""

    def __init__(self, codes: np.ndarray) -> None:
        self.codes = np.unique(codes)
        bits = max(10, min(27, (8 * max(1, len(self.codes))).bit_length()))
        self._shift = np.uint64(64 - bits)
        # Most hashes that are asked for are not there, and this tells so at once.
        self._maybe = np.zeros(1 << bits, bool)
        self._maybe[self.codes >> self._shift] = True

    def places(self, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which of `wanted` are there (indices), and their places in `codes`."""
        likely = np.flatnonzero(self._maybe[wanted >> self._shift])
        places = np.searchsorted(self.codes, wanted[likely])
        there = self.codes[np.minimum(places, len(self.codes) - 1)] == wanted[likely]
        return likely[there], places[there]


def signatures(runs: Hashed, rows: int, bins: int) -> np.ndarray:
    """Return a MinHash signature `[rows, bins]` of each row's set of runs.

    One permutation, cut into bins, the least of each; an empty one takes over the next to the
    right (Li, Owen & Zhang, NeurIPS 2012; Shrivastava & Li, UAI 2014). Two signatures agree in
    a bin with a chance of the sets' Jaccard similarity.
    """
    mixed = (runs.codes ^ (runs.codes >> np.uint64(29))) * _ODD
    places = ((mixed >> np.uint64(32)) * np.uint64(bins)) >> np.uint64(32)
    found = np.full(rows * bins, _EMPTY)
    np.minimum.at(found, runs.rows * bins + places.astype(np.int64), mixed)
    return _filled(found.reshape(rows, bins))


def _filled(found: np.ndarray) -> np.ndarray:
    some = np.flatnonzero((found != _EMPTY).any(axis=1))
    filled = found[some]
    empty = filled == _EMPTY
    for step in range(1, filled.shape[1]):
        if not empty.any():
            break
        # How far the number came is mixed in, so that it agrees with none of its own bin.
        taken = np.roll(found[some], -step, axis=1)
        fits = empty & (taken != _EMPTY)
        filled[fits] = taken[fits] ^ np.uint64(step * int(_ODD) % _ALL)
        empty &= ~fits
    found = found.copy()
    found[some] = filled
    return found


def bands(found: np.ndarray, count: int) -> np.ndarray:
    """Return a hash of each of `count` bands of the signatures: `[rows, count]`."""
    rows, bins = found.shape
    parts = found.reshape(rows, count, bins // count)
    hashes = np.broadcast_to(np.arange(count, dtype=np.uint64), (rows, count)).copy()
    for place in range(parts.shape[2]):
        hashes ^= parts[:, :, place]
        hashes *= _ODD
        hashes ^= hashes >> np.uint64(32)
    return hashes
