"""Rows with text, a batch at a time; whatever is none is counted by what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from benchsuite_words.words import words

from benchsuite.api import UserError
from benchsuite_data_report.formats import NOT_UNICODE, Invalid, records

LONGEST_ROW = 2**20
"""Characters of a row that is assessed."""
_ROWS, _CHARACTERS = 1024, 2**20
"""Rows and characters of a batch."""
_KNOWN_WORDS = 2**17
"""Words whose hash is remembered: a set of words may grow as long as the file does."""

_NO_TEXT = Invalid("no such column, or null in it")
_NO_STRING = Invalid("its text is not a string")
_EMPTY = Invalid("its text is empty")
_TOO_LONG = Invalid(f"its text has more than {LONGEST_ROW:,} characters")


class Source(NamedTuple):
    """Files of one kind of rows, the column of their text, and whether plain lines are rows."""

    paths: Sequence[Path]
    text: str
    lines: bool = False

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(path.stat().st_size for path in self.paths)


class Hashed(NamedTuple):
    """A 64-bit hash of each word, `[words]`, and the index of its row, `[words]`."""

    codes: np.ndarray
    rows: np.ndarray


class WordHashes(dict[str, int]):
    """64-bit hashes of words, the same in every process; a bounded number is remembered."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _KNOWN_WORDS:
            self.clear()
        digest = blake2b(word.encode(), digest_size=8).digest()
        code = self[word] = int.from_bytes(digest, "little")
        return code


@dataclass(frozen=True)
class Batch:
    """Texts with the records they stand in; `first` counts the rows before them."""

    first: int
    texts: list[str]
    records: list[Mapping[str, Any]]
    known: WordHashes = field(repr=False)

    @cached_property
    def words(self) -> list[list[str]]:
        """The words of each row."""
        return [words(text) for text in self.texts]

    @cached_property
    def hashed(self) -> Hashed:
        """All words in reading order."""
        lengths = [len(row) for row in self.words]
        codes = map(self.known.__getitem__, chain.from_iterable(self.words))
        found = np.fromiter(codes, np.uint64, sum(lengths))
        return Hashed(found, np.repeat(np.arange(len(lengths)), lengths))

    def cut(self, longest: int) -> Batch:
        """Return the batch with no more than so many characters a row."""
        if all(len(text) <= longest for text in self.texts):
            return self
        return Batch(self.first, [t[:longest] for t in self.texts], self.records, self.known)


class Reading:
    """Goes through the rows of a source; `invalid` counts what is no row by its reason."""

    def __init__(self, source: Source, wanted: Sequence[str], told: Callable[[int], None]) -> None:
        self._source, self._wanted, self._told = source, wanted, told
        self._known = WordHashes()
        self.rows = 0
        self.invalid: Counter[str] = Counter()
        self.columns: list[str] = []
        """Columns of the first record."""

    def batches(self) -> Iterator[Batch]:
        """Yield batches. `told` is called with the bytes that were read since."""
        for path in self._source.paths:
            yield from self._of(path)

    def _of(self, path: Path) -> Iterator[Batch]:
        texts: list[str] = []
        found: list[Mapping[str, Any]] = []
        size = told = 0
        source = self._source
        for record, position in records(path, source.text, self._wanted, lines=source.lines):
            if isinstance(record, Invalid):
                self.invalid[record] += 1
                continue
            self.columns = self.columns or [str(name) for name in list(record)[:50]]
            text = text_of(record, source.text)
            if isinstance(text, Invalid):
                self.invalid[text] += 1
                continue
            texts.append(text)
            found.append(record)
            size += len(text)
            if len(texts) == _ROWS or size >= _CHARACTERS:
                yield Batch(self.rows, texts, found, self._known)
                self.rows += len(texts)
                self._told(position - told)
                texts, found, size, told = [], [], 0, position
        if texts:
            yield Batch(self.rows, texts, found, self._known)
            self.rows += len(texts)
        self._told(path.stat().st_size - told)

    def check_some(self) -> None:
        """Refuse a source without rows. Raises `UserError`."""
        if self.rows:
            return
        names = ", ".join(str(path) for path in self._source.paths[:3])
        if self.invalid[_NO_TEXT] and self.columns:
            raise UserError(
                f"{names}: no row has text in the column {self._source.text!r}; its columns are "
                f"{', '.join(map(repr, self.columns[:20]))}: name one with --text."
            )
        reasons = "; ".join(f"{n:,} of them: {why}" for why, n in self.invalid.most_common(2))
        raise UserError(f"{names}: there is no row with text ({reasons or 'the file is empty'}).")


def text_of(record: Mapping[str, Any], column: str) -> str | Invalid:
    """Return the text of a record, or why it has none that can be assessed."""
    text = record.get(column)
    if text is None:
        return _NO_TEXT
    if not isinstance(text, str):
        return _NO_STRING
    if len(text) > LONGEST_ROW:
        return _TOO_LONG
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return NOT_UNICODE
    return text if text.strip() else _EMPTY
