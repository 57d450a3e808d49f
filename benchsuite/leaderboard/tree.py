"""A plugin's source as a tree of files: copied without what is no source, and its digest."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchsuite.errors import UserError

_LARGEST = 1 << 20
_MOST = 200
_NO_SOURCE = {"__pycache__", "build", "dist", "node_modules"}


def source_files(folder: Path) -> list[Path]:
    """Return the files of a source tree, in order, but for hidden and built ones.

    Raises `UserError` for links and for more than 200 files or 1 MiB.
    """
    found = sorted(_walk(folder))
    if len(found) > _MOST or sum(path.stat().st_size for path in found) > _LARGEST:
        raise UserError(
            f"{folder}: the source of a plugin may have {_MOST} files and {_LARGEST >> 20} MiB; "
            "publish it and give a pinned requirement."
        )
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if _is_source(name)]
        for name in [*folders, *names]:
            path = Path(root, name)
            if path.is_symlink():
                raise UserError(f"{path}: the source of a plugin may have no links.")
            if path.is_file() and _is_source(name):
                yield path


def _is_source(name: str) -> bool:
    built = name in _NO_SOURCE or name.endswith((".pyc", ".egg-info"))
    return not built and not name.startswith(".")


def copy_tree(source: Path, to: Path) -> None:
    """Copy a source tree."""
    for path in source_files(source):
        place = to / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def tree_digest(folder: Path) -> str:
    """Return the SHA-256 over the names and contents of a source tree."""
    digest = hashlib.sha256()
    for path in source_files(folder):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()
