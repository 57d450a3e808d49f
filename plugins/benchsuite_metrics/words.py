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
from benchsuite_metrics.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROWS = 16_384  # strings that are handed on at once


@dataclass(frozen=True)
class Words:
    """Words in reading order.

    `numbers`, int32 `[words]`, are places in `spellings`, which are different strings in order of
    first appearance; `ends`, `[rows]`, is how many words there are up to the end of each row.
    """

    spellings: pa.Array
    numbers: np.ndarray
    ends: np.ndarray

    @cached_property
    def vocabulary(self) -> list[str]:
        """The different words in order of first appearance."""
        found: list[str] = self.spellings.to_pylist()
        return found

    @cached_property
    def rows(self) -> np.ndarray:
        """The index of each word's row, `[words]`."""
        return np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))

    @cached_property
    def words(self) -> list[str]:
        """The words themselves."""
        return [self.vocabulary[number] for number in self.numbers.tolist()]

    def first(self, count: int) -> Words:
        """Return the first `count` words."""
        return Words(self.spellings, self.numbers[:count], np.minimum(self.ends, count))

    def __len__(self) -> int:
        return len(self.numbers)


def texts(table: pa.Table) -> list[str]:
    """Return the text of each row; a table without rows needs no such column."""
    return list(chain.from_iterable(chunk.to_pylist() for chunk in _chunks(table)))


def _chunks(table: pa.Table) -> list[pa.Array]:
    chunks: list[pa.Array] = table["text"].chunks if table.num_rows else []
    return chunks


def words_of(rows: Iterable[str]) -> Words:
    """Cut rows into words.

    What a word is, `benchsuite_words` says.
    """
    left = iter(rows)
    strings = iter(lambda: list(islice(left, _ROWS)), [])
    return _words(pa.array(some, pa.large_string()) for some in strings)


def _words(chunks: Iterable[pa.Array]) -> Words:
    cut = list(chain.from_iterable(map(words_cut, chunks)))
    spellings, numbers = spelled(cut)
    sizes = np.cumsum([0, *(len(block.keys) for block in cut)])
    ends = [block.ends + before for block, before in zip(cut, sizes, strict=False)]
    return Words(spellings, numbers, np.concatenate([np.empty(0, np.int64), *ends]))


_cut: dict[int, Words] = {}


def words_in(table: pa.Table) -> Words:
    """Return the words of a table's rows, cut once while the table lives."""
    key = id(table)
    if key not in _cut:
        _cut[key] = _words(_chunks(table))
        finalize(table, _cut.pop, key, None)
    return _cut[key]


def shared_numbers(*parts: Words) -> tuple[list[np.ndarray], int]:
    """Return each part's numbers in one vocabulary, int64 `[its vocabulary]`, and that one's size.

    The one vocabulary is in order of appearance.
    """
    found = pa.concat_arrays([part.spellings for part in parts]).dictionary_encode()
    ends = np.cumsum([len(part.spellings) for part in parts])
    numbers = np.split(found.indices.to_numpy().astype(np.int64), ends[:-1])
    return numbers, len(found.dictionary)


def run_begins(rows: np.ndarray, length: int) -> np.ndarray:
    """Return where a run of `length` words begins that lies within one row, as a mask.

    Of the places where so many words are left.
    """
    last = max(0, len(rows) - length + 1)
    begins: np.ndarray = rows[:last] == rows[length - 1 :][:last]
    return begins
