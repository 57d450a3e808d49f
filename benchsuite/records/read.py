"""Reading a record that somebody hands over."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from benchsuite.errors import UserError
from benchsuite.records.record import SCHEMA_VERSION, Record

_LARGEST = 256 << 20


def read_record(path: Path) -> Record:
    """Return the record of a file, or of the folder that a run left. Raises `UserError`."""
    path = path / "record.json" if path.is_dir() else path
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError(f"{path}: a record may hold at most {_LARGEST >> 20} MiB.")
        return Record.model_validate_json(path.read_bytes())
    except OSError as failure:
        raise UserError(f"{path}: cannot be read: {failure.strerror}.") from failure
    except ValidationError as failure:
        error = failure.errors()[0]
        at = ".".join(map(str, error["loc"])) or "the file"
        raise UserError(
            f"{path}: {at}: {error['msg'][0].lower()}{error['msg'][1:]}; "
            f"give a record.json of schema version {SCHEMA_VERSION}."
        ) from failure
