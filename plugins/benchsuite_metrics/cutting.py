"""Rows cut into words as bytes, many rows at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from benchsuite_words.words import words

SHORT = 8
"""Bytes of the longest word that is its own key."""
_TEXT = pa.large_string()
_PIECE = 1 << 23  # bytes of text in which what is not ASCII is sought
_BLOCK = 1 << 19  # bytes of text that are cut at once: what is made of them stays in a cache
_APOSTROPHE, _BLANK, _ASCII = ord("'"), ord(" "), 128
_LOWER = 0x20  # the bit that makes an ASCII letter a small one; an apostrophe has it too
_LOWER_ALL = np.uint64(0x2020202020202020)
_BETWEEN = pa.scalar("\n", _TEXT)
_AFTER = np.full(SHORT, _BLANK, np.uint8)
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(SHORT + 1)], np.uint64)


class Cut(NamedTuple):
    """The words of some rows, in lower case and in reading order.

    `keys`, uint64 `[words]`, are the first `SHORT` bytes of each word, its first one lowest, then
    zeros. `long`, `[longer words]`, are the places of words that have more, `longer` these words.
    `ends`, `[rows]`, is how many words there are up to the end of each row.
    """

    keys: np.ndarray
    long: np.ndarray
    longer: pa.Array
    ends: np.ndarray


def words_cut(rows: pa.Array) -> Iterator[Cut]:
    """Yield the words of rows of text, some rows at a time.

    What a word is, `benchsuite_words` says.
    """
    for piece in _pieces(rows.cast(_TEXT), _PIECE):
        foreign = _foreign(piece)
        known = pc.ascii_lower(_rewritten(piece)) if foreign else piece
        for block in _pieces(known, _BLOCK):
            yield _cut(block, foreign=foreign)


def _pieces(rows: pa.Array, size: int) -> Iterator[pa.Array]:
    """Yield the rows in pieces of at most so many bytes, or of one row that makes them more."""
    _, bounds = _content(rows)
    last = np.flatnonzero(np.diff((bounds[1:] - bounds[0]) // size, append=-1))
    for start, end in zip([0, *(last[:-1] + 1).tolist()], (last + 1).tolist(), strict=False):
        yield rows[start:end]


def _cut(rows: pa.Array, *, foreign: bool) -> Cut:
    """Cut rows of ASCII, or `foreign` ones, in lower case, whose other bytes are all of words."""
    text, bounds = _readable(rows)
    letters = np.zeros(2 + bounds[-1], bool)  # with a place before the text, and one after it
    read = text[: bounds[-1]]
    np.less((read | _LOWER) - np.uint8(ord("a")), 26, out=letters[1:-1])
    if foreign:
        letters[1:-1] |= read >= _ASCII
    _join_by_apostrophes(letters, read, bounds)
    edges = _edges(letters, bounds)
    starts, ends = edges[::2], edges[1::2]
    lengths = ends - starts
    eights: np.ndarray = np.ndarray(len(text) - SHORT, "<u8", text, strides=(1,))
    keys = eights[starts]
    if not foreign:
        keys |= _LOWER_ALL
    keys &= _MASKS.take(lengths, mode="clip")
    long = np.flatnonzero(lengths > SHORT)
    longer = _every_other(text, np.column_stack([starts[long], ends[long]]).ravel())
    return Cut(keys, long, pc.ascii_lower(longer), np.searchsorted(starts, bounds[1:]))


def _join_by_apostrophes(letters: np.ndarray, text: np.ndarray, bounds: np.ndarray) -> None:
    """Make letters of apostrophes that stand between letters of one row."""
    marks = np.flatnonzero(text == _APOSTROPHE)
    marks = marks[letters[marks] & letters[2 + marks]]
    outermost = np.isin(marks, bounds) | np.isin(marks + 1, bounds)
    letters[1 + marks[~outermost]] = True


def _edges(letters: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Return where words begin and end, by turns; at a bound both, if there are letters beside."""
    edges = np.flatnonzero(letters[1:] != letters[:-1])
    inner = np.unique(bounds)
    torn = inner[letters[inner] & letters[1 + inner]]
    return np.insert(edges, np.searchsorted(edges, torn).repeat(2), torn.repeat(2))


def _readable(rows: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes of rows and at least `SHORT` more, and the rows' bounds, `[rows + 1]`."""
    text, bounds = _content(rows)
    text, bounds = text[bounds[0] :], bounds - bounds[0]
    if len(text) < bounds[-1] + SHORT:
        text = np.concatenate([text[: bounds[-1]], _AFTER])
    return text, bounds


def _foreign(rows: pa.Array) -> bool:
    """Whether a row holds what is not ASCII."""
    text, bounds = _content(rows)
    return bool(text[bounds[0] : bounds[-1]].max(initial=0) >= _ASCII)


def _rewritten(rows: pa.Array) -> pa.Array:
    """Return rows with each token that is not of ASCII replaced by the words in it.

    Tokens stand between blanks, and what stands beyond them does not matter to a letter's lower
    case, not even a sigma's. So each different token need be cut only once.
    """
    foreign = np.flatnonzero(~pc.string_is_ascii(rows).to_numpy(zero_copy_only=False))
    return replaced(rows, foreign, _all_rewritten(rows.take(pa.array(foreign))))


def _all_rewritten(rows: pa.Array) -> pa.Array:
    text, row_ends = _joined(rows)
    blanks = np.flatnonzero(text <= _BLANK)
    others = np.cumsum(text >= _ASCII, dtype=np.int32)[blanks]
    apart = np.flatnonzero(np.diff(others, prepend=0))
    starts = np.where(apart > 0, blanks[apart - 1] + 1, 0)
    inner = np.column_stack([starts, blanks[apart]]).ravel()
    bounds = np.concatenate([[0], inner, [len(text)]])
    pieces = _strings(text, bounds)
    tokens = _every_other(text, inner).dictionary_encode()
    cut = pa.array([" ".join(words(token)) for token in tokens.dictionary.to_pylist()], _TEXT)
    places = np.arange(1, len(pieces), 2)
    made, made_bounds = _content(replaced(pieces, places, cut, tokens.indices.to_numpy()))
    piece = np.searchsorted(bounds, row_ends, "right") - 1  # where rows end is no such token
    return _strings(made, np.concatenate([[0], made_bounds[piece] + row_ends - bounds[piece]]))


def replaced(
    strings: pa.Array, places: np.ndarray, others: pa.Array, chosen: np.ndarray | None = None
) -> pa.Array:
    """Return the strings with others at some places, in their order or as `chosen`.

    Arrow's own `replace_with_mask` took ten times as long.
    """
    order = np.arange(len(strings))
    order[places] = len(strings) + (np.arange(len(others)) if chosen is None else chosen)
    return pa.concat_arrays([strings, others]).take(pa.array(order))


def _joined(rows: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes of all rows, ASCII in lower case, blanks after each, and where rows end."""
    together = pa.ListArray.from_arrays([0, len(rows)], rows)
    lower = pc.ascii_lower(pc.binary_join(together, _BETWEEN))
    _, bounds = _content(rows)
    ends = bounds[1:] - bounds[0] + np.arange(len(rows))
    return np.concatenate([np.frombuffer(lower[0].as_buffer(), np.uint8), _AFTER]), ends


def _content(rows: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes that rows lie in, and their bounds there, `[rows + 1]`."""
    _, bounds, text = rows.buffers()
    every = np.frombuffer(bounds, np.int64)[rows.offset :][: len(rows) + 1]
    return np.frombuffer(text or b"", np.uint8), every


def _strings(text: np.ndarray, bounds: np.ndarray) -> pa.Array:
    """Return the strings between neighbouring bounds."""
    buffers = pa.py_buffer(bounds.astype(np.int64)), pa.py_buffer(text)
    return pa.LargeStringArray.from_buffers(max(0, len(bounds) - 1), *buffers)


def _every_other(text: np.ndarray, bounds: np.ndarray) -> pa.Array:
    """Return the strings between the first two bounds, between the next two, and so on."""
    strings = _strings(text, bounds)
    return strings.take(pa.array(np.arange(0, len(strings), 2)))
