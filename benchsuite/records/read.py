"""Reading a record that somebody hands over."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from benchsuite.errors import UserError
from benchsuite.records.record import SCHEMA_VERSION, Record

_LARGEST = 256 << 20

_MOST = 10**30
"""Far above what anything counts; sums and products of such numbers still are floats."""


def read_record(path: Path) -> Record:
    """Return the record of a file, or of the folder that a run left. Raises `UserError`."""
    path = path / "record.json" if path.is_dir() else path
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError(f"{path}: a record may hold at most {_LARGEST >> 20} MiB.")
        return parse_record(path.read_bytes(), path)
    except OSError as failure:
        raise UserError(f"{path}: cannot be read: {failure.strerror}.") from failure


def parse_record(content: bytes, path: Path) -> Record:
    """Return the record that a file of this content is.

    Refused beside what the schema refuses is what others might read in another way: keys that
    stand there twice, numbers that are not finite, counts beyond all bounds. Raises `UserError`.
    """
    try:
        record = Record.model_validate_json(content)
        json.loads(
            content.decode(),
            object_pairs_hook=_once,
            parse_int=_bounded,
            parse_float=_finite,
            parse_constant=_finite,
        )
    except ValidationError as failure:
        error = failure.errors()[0]
        at = ".".join(map(str, error["loc"])) or "the file"
        raise UserError(
            f"{path}: {at}: {error['msg'][0].lower()}{error['msg'][1:]}; "
            f"give a record.json of schema version {SCHEMA_VERSION}."
        ) from failure
    except (ValueError, RecursionError) as failure:
        raise UserError(f"{path}: {failure}; give a record.json as a run left it.") from failure
    if record.schema_version != SCHEMA_VERSION:
        raise UserError(
            f"{path}: schema_version is {record.schema_version}; "
            f"give a record.json of schema version {SCHEMA_VERSION}."
        )
    return record


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the key {twice!r} stands there twice")
    return found


def _bounded(text: str) -> int:
    number = int(text)
    if abs(number) > _MOST:
        raise ValueError(f"the number {text[:40]}… is larger than {_MOST:.0e}")
    return number


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:40]} is not finite")
    return number
