"""Putting exported files in place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path

from benchsuite.errors import UserError


def write_files(files: Iterable[tuple[str, str]], out: Path) -> list[Path]:
    """Write files by their names into a folder, where others may be; return their paths.

    All are made before the first is written, each beside its place and then renamed: whoever
    reads one finds it whole. Raises `UserError`.
    """
    made = [(out / name, text) for name, text in files]
    try:
        for path, text in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{uuid.uuid4().hex}")
            try:
                beside.write_text(text, encoding="utf-8", newline="")
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
    except OSError as failure:
        raise UserError(f"{out}: cannot be written: {failure.strerror}.") from failure
    return [path for path, _ in made]
