"""Text as words: runs of letters in lower case, numbered, with the row each stands in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING
from weakref import finalize

import numpy as np
from benchsuite_words.words import words as _words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa


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
    """Cut rows into words, one row at a time.

    What a word is, `benchsuite_words` says.
    """
    numbers = _Numbers()
    cut = [np.fromiter(map(numbers.__getitem__, _words(row)), np.int32) for row in rows]
    lengths = np.array([len(row) for row in cut], np.int64)
    return Words(
        list(numbers),
        np.concatenate([np.empty(0, np.int32), *cut]),
        np.repeat(np.arange(len(cut)), lengths),
    )


_cut: dict[int, Words] = {}


def words_in(table: pa.Table) -> Words:
    """Return the words of a table's rows, cut once while the table lives."""
    key = id(table)
    if key not in _cut:
        _cut[key] = words_of(_texts(table))
        finalize(table, _cut.pop, key, None)
    return _cut[key]


def numbered(*parts: Words) -> list[np.ndarray]:
    """Return each part's words as int32 numbers of one vocabulary, in order of appearance."""
    numbers = _Numbers()
    shared = [np.fromiter(map(numbers.__getitem__, part.vocabulary), np.int32) for part in parts]
    return [places[part.numbers] for places, part in zip(shared, parts, strict=True)]


def run_starts(rows: np.ndarray, length: int) -> np.ndarray:
    """Return where runs of `length` words start that lie within one row."""
    last = max(0, len(rows) - length + 1)
    return np.flatnonzero(rows[:last] == rows[length - 1 :][:last])
