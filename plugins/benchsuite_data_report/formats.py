"""Records of JSONL, Parquet, CSV and plain text, one at a time, whatever is in them."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from benchsuite.api import UserError

LONGEST_LINE = 2**22
"""Bytes of a line that is read; a longer one is no row."""
_ROWS_AT_ONCE = 256


class Invalid(str):
    """Why there is no row, in a few words."""

    __slots__ = ()


class Read(NamedTuple):
    """A record, or why there is none, and how far into the file it ends (bytes, about)."""

    record: Mapping[str, Any] | Invalid
    position: int


NOT_UNICODE = Invalid("not valid UTF-8")
NO_JSON = Invalid("not a JSON object")
TOO_LONG = Invalid(f"a line of more than {LONGEST_LINE:,} bytes")
NO_CSV = Invalid("not CSV")


def records(path: Path, text: str, wanted: Sequence[str], *, lines: bool) -> Iterator[Read]:
    """Yield the records of a file; of Parquet, the columns `text` and `wanted` alone.

    Plain text is cut into paragraphs, or lines; they stand in the column `text`. Raises
    `UserError` for a file that cannot be read at all.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = suffixes[-1:] == [".gz"]
    kind = (suffixes[:-1] if packed else suffixes)[-1:]
    if kind == [".parquet"] and not packed:
        yield from _parquet(path, text, wanted)
        return
    reader = _READERS.get(kind[0] if kind else "")
    if reader is None:
        raise UserError(
            f"{path} ends in none of .parquet, {', '.join(_READERS)}, nor in these with .gz; "
            "rename it to what it is."
        )
    with _opened(path, packed=packed) as (file, position):
        if reader is _text:
            yield from _text(file, position, text, lines=lines)
        else:
            yield from reader(file, position)


Position = Callable[[], int]


@contextmanager
def _opened(path: Path, *, packed: bool) -> Iterator[tuple[IO[bytes], Position]]:
    try:
        with path.open("rb") as raw:
            if packed:
                with gzip.GzipFile(fileobj=raw) as file:
                    yield file, raw.tell  # type: ignore[misc]
            else:
                yield raw, raw.tell
    except (EOFError, zlib.error, gzip.BadGzipFile) as failure:
        raise UserError(f"{path} is no whole gzip file ({failure}); pack it again.") from failure
    except OSError as failure:
        raise UserError(f"{path} cannot be read: {failure.strerror}.") from failure


def _lines(file: IO[bytes]) -> Iterator[str | Invalid]:
    """Yield lines without their ends; of one that is too long, no more than that."""
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield TOO_LONG
            continue
        try:
            yield line.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            yield NOT_UNICODE


def _jsonl(file: IO[bytes], position: Position) -> Iterator[Read]:
    for number, line in enumerate(_lines(file)):
        if isinstance(line, Invalid):
            yield Read(line, position())
        elif line.strip():
            yield Read(_object(line if number else line.removeprefix("\ufeff")), position())


def _object(line: str) -> Mapping[str, Any] | Invalid:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return NO_JSON
    return found if isinstance(found, dict) else NO_JSON


def _csv(delimiter: str) -> Callable[[IO[bytes], Position], Iterator[Read]]:
    def read(file: IO[bytes], position: Position) -> Iterator[Read]:
        csv.field_size_limit(LONGEST_LINE)
        left_out: list[Invalid] = []
        reader = csv.reader(_csv_lines(file, left_out), delimiter=delimiter)
        header: list[str] | None = None
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error:
                yield Read(NO_CSV, position())
                continue
            if header is None:
                header = [cell.removeprefix("\ufeff") for cell in cells]
            elif cells:
                yield Read(dict(zip(header, cells, strict=False)), position())
            for reason in left_out:
                yield Read(reason, position())
            left_out.clear()

    return read


def _csv_lines(file: IO[bytes], left_out: list[Invalid]) -> Iterator[str]:
    for line in _lines(file):
        if isinstance(line, Invalid):
            left_out.append(line)
        else:
            yield line + "\n"


def _text(file: IO[bytes], position: Position, text: str, *, lines: bool) -> Iterator[Read]:
    held: list[str] = []
    size = 0
    for line in _lines(file):
        if isinstance(line, Invalid):
            yield Read(line, position())
            continue
        blank = not line.strip()
        if not blank:
            held.append(line)
            size += len(line)
        if held and (blank or lines or size > LONGEST_LINE):
            yield Read({text: "\n".join(held)}, position())
            held, size = [], 0
    if held:
        yield Read({text: "\n".join(held)}, position())


def _parquet(path: Path, text: str, wanted: Sequence[str]) -> Iterator[Read]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if text not in names:
                raise UserError(
                    f"{path} has no column {text!r}, only {', '.join(map(repr, names[:20]))}; "
                    "name one with --text."
                )
            columns = [text, *(name for name in wanted if name in names and name != text)]
            size, total, done = path.stat().st_size, max(1, file.metadata.num_rows), 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=columns, use_threads=False):
                for record in _valid(batch):
                    done += 1
                    yield Read(record, size * done // total)
    except (pa.ArrowException, OSError) as failure:
        raise UserError(f"{path} cannot be read as Parquet: {failure}.") from failure


def _valid(batch: Any) -> Iterator[Mapping[str, Any] | Invalid]:
    try:
        yield from batch.to_pylist()
    except ValueError:  # text that is not UTF-8 somewhere: find out where
        for row in range(batch.num_rows):
            try:
                yield from batch.slice(row, 1).to_pylist()
            except ValueError:
                yield NOT_UNICODE


_READERS: dict[str, Callable[..., Iterator[Read]]] = {
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".csv": _csv(","),
    ".tsv": _csv("\t"),
    ".txt": _text,
    ".md": _text,
    ".rst": _text,
}
