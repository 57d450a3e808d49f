"""Records out of JSONL, CSV or Parquet, one at a time, each with where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from benchsuite.errors import UserError

Record = dict[str, Any]
_Reader = Callable[[BinaryIO, str, Sequence[str]], Iterator[tuple[str, Record]]]

_LONGEST_LINE = 256 * 2**20
"""Bytes: what has longer lines is no text that anybody wrote."""
_CSV_BLOCK = 16 * 2**20


def record_format(name: str) -> str | None:
    """Return the suffix, in lower case, that tells how a file's records are written, or None."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix in _READERS else None


def read_records(
    file: BinaryIO, name: str, suffix: str, fields: Sequence[str]
) -> Iterator[tuple[str, Record]]:
    """Yield where each record stands (`name:number`, from 1) and its `fields`.

    `suffix` is one that `record_format` returns. Raises `UserError` for what cannot be read as
    such, and for a record without one of the fields.
    """
    return _READERS[suffix](file, name, fields)


def string_field(record: Mapping[str, object], field: str, where: str) -> str:
    """Return a field that holds a string.

    Raises `UserError`, beginning with `where`, for another type and for what is no Unicode.
    """
    value = record[field]
    if not isinstance(value, str):
        raise UserError(f"{where}: {field!r} must be a string, not {type(value).__name__}.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UserError(
            f"{where}: {field!r} has half a surrogate pair at character {error.start}; "
            "write valid Unicode."
        ) from error
    return value


def check_fields(there: Sequence[str], fields: Sequence[str], where: str) -> None:
    """Raise `UserError` if one of the fields is not there."""
    for field in fields:
        if field not in there:
            raise UserError(f"{where} has no field {field!r}; there is {', '.join(there)}.")


def decoded(data: bytes, name: str, offset: int = 0) -> str:
    """Return bytes as text; `offset` is where in the file they begin. Raises `UserError`."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UserError(
            f"{name} is not UTF-8 at byte {offset + error.start}; convert it to UTF-8."
        ) from error


def _jsonl(file: BinaryIO, name: str, fields: Sequence[str]) -> Iterator[tuple[str, Record]]:
    offset = 0
    for number, raw in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), 1):
        where = f"{name}:{number}"
        if len(raw) == _LONGEST_LINE:
            raise UserError(f"{where} is longer than 256 MiB; write one object a line.")
        line = decoded(raw, name, offset).removeprefix("\ufeff")
        offset += len(raw)
        if line.strip():
            record = _parsed(line, where)
            check_fields(list(record), fields, where)
            yield where, {field: record[field] for field in fields}


def _parsed(line: str, where: str) -> Record:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} is not JSON ({_first_line(error)}).") from error
    if not isinstance(record, dict):
        raise UserError(f"{where} is not a JSON object; write one object a line.")
    return record


def _csv(file: BinaryIO, name: str, fields: Sequence[str]) -> Iterator[tuple[str, Record]]:
    """Read all fields as strings; the first line names them."""
    import pyarrow as pa
    from pyarrow import csv

    read = csv.ReadOptions(block_size=_CSV_BLOCK, use_threads=False)
    parse = csv.ParseOptions(newlines_in_values=True)
    convert = csv.ConvertOptions(
        include_columns=list(fields), column_types=dict.fromkeys(fields, pa.string())
    )
    try:
        check_fields(csv.open_csv(file, read, parse).schema.names, fields, name)
        file.seek(0)
        yield from _numbered(csv.open_csv(file, read, parse, convert), name)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UserError(f"{name} cannot be read as CSV ({_first_line(error)}).") from error


def _parquet(file: BinaryIO, name: str, fields: Sequence[str]) -> Iterator[tuple[str, Record]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(file)
        check_fields(parquet.schema_arrow.names, fields, name)
        yield from _numbered(parquet.iter_batches(columns=list(fields)), name)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UserError(
            f"{name} cannot be read as Parquet ({_first_line(error)}); copy or write it again."
        ) from error


def _numbered(batches: Any, name: str) -> Iterator[tuple[str, Record]]:
    number = 0
    for batch in batches:
        for record in batch.to_pylist():
            number += 1
            yield f"{name}:{number}", record


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".") or type(error).__name__


_READERS: dict[str, _Reader] = {
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".csv": _csv,
    ".parquet": _parquet,
}
