"""Rows that models of other families wrote, from files."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

from benchsuite.api import UserError, read_records, record_format, string_field

_MOST = 64 * 2**20


def rows_of(path: str) -> list[str]:
    """Return the texts of a local JSONL, CSV or Parquet file. Raises `UserError`."""
    file, suffix = Path(path).expanduser(), record_format(path)
    if suffix is None:
        raise UserError(f"{path} does not end in .jsonl, .csv or .parquet.")
    records = read_records(BytesIO(_held(file)), file.name, suffix, ["text"])
    found = [text for where, record in records if (text := string_field(record, "text", where))]
    if not found:
        raise UserError(f"{path} holds no rows with text.")
    return found


def fingerprint(paths: list[str]) -> str:
    """Return a digest of the files' bytes; "" where there are none. Raises `UserError`."""
    if not paths:
        return ""
    digests = [hashlib.sha256(_held(Path(path).expanduser())).hexdigest() for path in paths]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _held(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MOST:
            raise UserError(f"{file} holds more than {_MOST >> 20} MiB; give a sample of it.")
        return file.read_bytes()
    except OSError as failure:
        raise UserError(f"{file} cannot be read: {failure.strerror}.") from failure
