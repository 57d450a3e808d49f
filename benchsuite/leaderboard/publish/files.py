"""The files of a site, and the mark by which a place is known to hold one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from benchsuite.errors import UserError

MARK = ".benchsuite-site"
"""A file that says that a place holds a site, and which files are the site's.

`sha256sum -c` reads it. Files beside them, such as a `CNAME`, are never removed.
"""


def site_files(site: Path) -> dict[str, Path]:
    """Return the files of a built site by their names, `a/b.html`. Raises `UserError`."""
    if not (site / "index.html").is_file():
        raise UserError(f"{site}: is no built site: it has no index.html; build one first.")
    return plain_files(site)


def plain_files(folder: Path) -> dict[str, Path]:
    """Return all files of a folder by their names, but for its mark. Raises `UserError`."""
    return {name: folder / name for name in sorted(_names(folder)) if name != MARK}


def _names(site: Path) -> Iterator[str]:
    for root, folders, names in os.walk(site):
        for name in [*folders, *names]:
            path = Path(root, name)
            _check(path)
            if path.is_file():
                yield path.relative_to(site).as_posix()


def _check(path: Path) -> None:
    """Raise `UserError` for what cannot be published as it is."""
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        raise UserError(f"{path}: is no plain file; a site holds files and folders alone.")
    if path.name.lower() == ".git" or not path.name.isprintable() or "\\" in path.name:
        raise UserError(f"{str(path)!r}: a file of a site cannot have this name; rename it.")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def marked(files: Mapping[str, Path], beside: Path) -> dict[str, Path]:
    """Return the files and their mark, which is written into the folder `beside`."""
    path = beside / MARK
    lines = (f"{sha256(files[name])}  {name}\n" for name in sorted(files))
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return {**files, MARK: path}


def own(mark: bytes | None, there: Collection[str], place: str) -> set[str]:
    """Return which of the files that are there are a site's, by its mark.

    Raises `UserError` where there are files and no mark.
    """
    if mark is None and there:
        raise UserError(
            f"{place} holds files and no {MARK}, so it is no published site, and is left as it is; "
            "name an empty or a new place."
        )
    text = (mark or b"").decode("utf-8", "replace")
    listed = {line.partition("  ")[2] for line in text.splitlines()}
    return (set(there) & listed) - {MARK}
