"""Rows cut into words, most of them as bytes, many rows at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from benchsuite_words.words import words

_APOSTROPHE = ord("'")

_READ = np.zeros(256, np.uint8)
"""What a byte of UTF-8 is read as: letters in lower case, apostrophes, 0 for what ends a word.

Bytes from 128 on are parts of letters: rows that hold others of these are cut before.
"""
_READ[ord("A") : ord("Z") + 1] = _READ[ord("a") : ord("z") + 1] = range(ord("a"), ord("z") + 1)
_READ[_APOSTROPHE] = _APOSTROPHE
_READ[128:] = range(128, 256)


def words_cut(rows: Sequence[str]) -> tuple[pa.Array, np.ndarray]:
    """Return the words of all rows, strings in reading order, and how many each row has.

    What a word is, `benchsuite_words` says. Rows of ASCII, for which that takes as long as all
    the rest of a metric, are cut at once: an apostrophe stays where it stands between letters.
    """
    encoded = [(row if row.isascii() else " ".join(words(row))).encode() for row in rows]
    read = _READ.take(np.frombuffer(b"\n".join([*encoded, b""]), np.uint8))
    marks = np.flatnonzero(read == _APOSTROPHE)  # the text ends with a 0, which is read[-1], too
    outside = (read[marks - 1] <= _APOSTROPHE) | (read[marks + 1] <= _APOSTROPHE)
    read[marks[outside]] = 0
    letters = read != 0
    edges = np.flatnonzero(np.diff(letters, prepend=False))
    starts, ends = edges[::2], edges[1::2]
    offsets = np.zeros(len(starts) + 1, np.int32)
    np.cumsum(ends - starts, out=offsets[1:])
    cut = pa.StringArray.from_buffers(
        len(starts), pa.py_buffer(offsets), pa.py_buffer(read[letters])
    )
    row_ends = np.cumsum([len(row) + 1 for row in encoded])
    return cut, np.diff(np.searchsorted(starts, row_ends), prepend=0)
