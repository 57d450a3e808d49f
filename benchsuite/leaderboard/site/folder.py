"""A folder of pages that changes at once: readers see the old one or the new one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchsuite.errors import UserError
from benchsuite.leaderboard.publish.files import MARK, marked, plain_files


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `out` once all of it is written.

    It lies beside `out`, gets the mark that lists its files, and is renamed. Raises `UserError`
    where `out` is anything but a site.
    """
    out = out.absolute()
    if out.exists() and not _replaceable(out):
        raise UserError(f"{out}: is there already and is no site; name a new folder with --out.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as failure:
        raise UserError(f"{out}: cannot be written: {failure.strerror}.") from failure
    new, old = beside / "new", beside / "old"
    try:
        new.mkdir()
        yield new
        marked(plain_files(new), new)
        if out.exists():
            out.rename(old)
        new.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _replaceable(out: Path) -> bool:
    if out.is_symlink() or not out.is_dir():
        return False
    return (out / MARK).is_file() or not any(out.iterdir())
