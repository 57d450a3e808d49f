"""Text as words: runs of letters in lower case, numbered, with the row each stands in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING
from weakref import finalize

import numpy as np
import pyarrow as pa

from benchsuite_metrics.cutting import words_cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK = 1_024  # rows that are cut at once: what is made of them stays in a cache


@dataclass(frozen=True)
class Words:
    """Words in reading order.

    `numbers`, int32 `[words]`, are places in `vocabulary`, which is in order of first
    appearance; `rows`, `[words]`, is the index of each word's row.
    """

    vocabulary: list[str]
    numbers: np.ndarray
    rows: np.ndarray

    @cached_property
    def words(self) -> list[str]:
        """The words themselves."""
        return [self.vocabulary[number] for number in self.numbers.tolist()]

    def first(self, count: int) -> Words:
        """Return the first `count` words."""
        return Words(self.vocabulary, self.numbers[:count], self.rows[:count])

    def __len__(self) -> int:
        return len(self.numbers)


class _Numbers(dict[str, int]):
    """Gives each new word the next number."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def texts(table: pa.Table) -> list[str]:
    """Return the text of each row; a table without rows needs no such column."""
    return list(_texts(table))


def _texts(table: pa.Table) -> Iterator[str]:
    if table.num_rows:
        yield from chain.from_iterable(batch.to_pylist() for batch in table["text"].chunks)


def words_of(rows: Iterable[str]) -> Words:
    """Cut rows into words, some rows at a time.

    What a word is, `benchsuite_words` says.
    """
    left = iter(rows)
    cut = [words_cut(block) for block in iter(lambda: list(islice(left, _BLOCK)), [])]
    words = pa.chunked_array([words for words, _ in cut], pa.string()).dictionary_encode()
    lengths = np.concatenate([np.empty(0, np.int64), *(counts for _, counts in cut)])
    return Words(
        words.chunk(0).dictionary.to_pylist() if words.num_chunks else [],
        np.concatenate([np.empty(0, np.int32), *(part.indices for part in words.chunks)]),
        np.repeat(np.arange(len(lengths)), lengths),
    )


_cut: dict[int, Words] = {}


def words_in(table: pa.Table) -> Words:
    """Return the words of a table's rows, cut once while the table lives."""
    key = id(table)
    if key not in _cut:
        _cut[key] = words_of(_texts(table))
        finalize(table, _cut.pop, key, None)
    return _cut[key]


def shared_numbers(*parts: Words) -> tuple[list[np.ndarray], int]:
    """Return each part's numbers in one vocabulary, int64 `[its vocabulary]`, and that one's size.

    The one vocabulary is in order of appearance.
    """
    numbers = _Numbers()
    found = [np.fromiter(map(numbers.__getitem__, part.vocabulary), np.int64) for part in parts]
    return found, len(numbers)


def run_begins(rows: np.ndarray, length: int) -> np.ndarray:
    """Return where a run of `length` words begins that lies within one row, as a mask.

    Of the places where so many words are left.
    """
    last = max(0, len(rows) - length + 1)
    begins: np.ndarray = rows[:last] == rows[length - 1 :][:last]
    return begins
