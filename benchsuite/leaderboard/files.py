"""Files that others hand over: their sizes, their digests, and what they say made harmless."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from benchsuite.errors import UserError

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

LARGEST = 32 << 20
"""Bytes that a file of an entry may have at most, on disk and unpacked."""

_MOST = 400
"""Files that an entry's folder may hold; more are not looked at."""


def plain(text: str, most: int = 400) -> str:
    """Return what others wrote as one line that a terminal shows as it is.

    Characters that do not print are escaped: line breaks, colours, marks that turn the direction
    of writing. What is longer than `most` characters is cut.
    """
    shown = text if len(text) <= most else text[: most - 1] + "…"
    escaped = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
    return "".join(escaped)


def in_words(failure: Exception) -> str:
    """Return what went wrong unforeseen as a sentence: the exception's type and what it says."""
    return plain(f"{type(failure).__name__}: {failure}").rstrip(".") + "."


def check_size(path: Path, most: int = LARGEST) -> None:
    """Raise `UserError` for what is no plain file, or has more than `most` bytes."""
    if path.is_symlink() or not path.is_file():
        raise UserError(f"{path}: there is no such file, and an entry needs it.")
    if path.stat().st_size > most:
        size = f"{most >> 20} MiB" if most >= 1 << 20 else f"{most >> 10} KiB"
        raise UserError(f"{path}: a file of an entry may hold at most {size}.")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def contents(folder: Path) -> dict[str, Path]:
    """Return all that lies in a folder and is no folder, by its name below it.

    Links are named, not followed. Raises `UserError` where there is too much of it, or where it
    cannot be listed.
    """
    found: dict[str, Path] = {}
    for path in _walk(folder):
        if len(found) == _MOST:
            raise UserError(f"{folder}: an entry may have at most {_MOST} files.")
        found[path.relative_to(folder).as_posix()] = path
    return dict(sorted(found.items()))


def _walk(folder: Path) -> Iterator[Path]:
    def fail(failure: OSError) -> None:
        raise UserError(f"{folder}: cannot be listed: {failure.strerror}.") from failure

    for root, folders, names in os.walk(folder, onerror=fail):
        links = [name for name in folders if Path(root, name).is_symlink()]
        yield from (Path(root, name) for name in [*links, *names])
