"""Which tokens a training step reads: packed windows of a stream, in a random order.

The stream is an array or a memory-mapped token file; nothing here grows with its length.
"""

# mypy: disable-error-code="no-untyped-call,no-any-return"

from __future__ import annotations

import math
import mmap
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchsuite.identity import derive_seed

_ROUNDS = 4


class Windows:
    """All windows of `length` + 1 tokens that one model trains on, batch by batch.

    Each epoch cuts the stream into windows, shifted by a random offset, and visits them in a
    random order; every token but the remainder is a target once. With `count`, so many windows
    are read in all, be it less than an epoch. Windows may span rows, which are in random order
    themselves. A batch is a function of the seed and its number alone, so that training can go
    on from anywhere.

    Raises `ValueError` for a stream shorter than one window.
    """

    def __init__(
        self,
        stream: np.ndarray,
        length: int,
        epochs: int,
        batch: int,
        seed: int,
        count: int | None = None,
    ) -> None:
        self._stream, self._length, self._batch = stream, length, batch
        self._each = (len(stream) - 1) // length
        if self._each < 1:
            raise ValueError(f"one window takes {length} tokens, and there are {len(stream) - 1}")
        slack = len(stream) - 1 - self._each * length
        self.count = self._each * epochs if count is None else count
        epochs = math.ceil(self.count / self._each)
        self._seeds = [derive_seed(seed, "windows", epoch) for epoch in range(epochs)]
        self._offsets = [np.random.default_rng(s).integers(slack + 1) for s in self._seeds]
        self.steps = math.ceil(self.count / batch)

    @property
    def tokens(self) -> int:
        """Number of targets in all epochs."""
        return self.count * self._length

    def batch(self, step: int) -> np.ndarray:
        """Return the windows `[batch, length + 1]` of a step, as int64; the last may be fewer."""
        numbers = np.arange(step * self._batch, min((step + 1) * self._batch, self.count))
        starts = np.empty(len(numbers), np.int64)
        for epoch in np.unique(numbers // self._each):
            here = numbers // self._each == epoch
            shuffled = shuffle(numbers[here] % self._each, self._each, self._seeds[epoch])
            starts[here] = self._offsets[epoch] + self._length * shuffled
        return np.stack([self._stream[s : s + self._length + 1] for s in starts]).astype(np.int64)


def shuffle(indices: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return where a random permutation of `range(count)` takes each index.

    A Feistel network over the next power of four, walked on until the result is in range
    (Black and Rogaway 2002, Ciphers with arbitrary finite domains): the permutation takes no
    memory, however many windows there are.
    """
    half = max(1, math.ceil(math.log2(max(count, 2)) / 2))
    mask = np.uint64((1 << half) - 1)
    keys = np.random.default_rng(seed).integers(0, 1 << 63, _ROUNDS).astype(np.uint64)
    shuffled = indices.astype(np.uint64)
    outside = np.ones(len(indices), bool)
    while outside.any():
        left, right = shuffled[outside] >> np.uint64(half), shuffled[outside] & mask
        for key in keys:
            left, right = right, left ^ (_mixed(right ^ key) & mask)
        shuffled[outside] = left << np.uint64(half) | right
        outside = shuffled >= count
    return shuffled.astype(np.int64)


def _mixed(values: np.ndarray) -> np.ndarray:
    """Scatter 64 bits: the finalizer of SplitMix64 (Steele, Lea and Flood 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def write_tokens(pieces: Iterable[np.ndarray], path: Path, vocabulary: int) -> int:
    """Write token ids to a file, piece by piece; returns their number.

    Two bytes each (little-endian) where the vocabulary allows it, else four.
    """
    total = 0
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece.astype(_dtype(vocabulary)).tobytes())
            total += len(piece)
    return total


def read_tokens(path: Path, vocabulary: int) -> np.ndarray:
    """Map a token file into memory; pages are read when they are trained on."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if hasattr(mmap, "MADV_RANDOM"):
        mapped.madvise(mmap.MADV_RANDOM)  # what stands around a window is not read along
    tokens: np.ndarray = np.frombuffer(mapped, _dtype(vocabulary))
    return tokens


def _dtype(vocabulary: int) -> np.dtype[np.unsignedinteger]:
    return np.dtype("<u2") if vocabulary <= 1 << 16 else np.dtype("<u4")
