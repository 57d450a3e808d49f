"""Publishing into a folder, as a web server on this machine shows it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchsuite.errors import UserError
from benchsuite.leaderboard.publish.changes import Changes, compare
from benchsuite.leaderboard.publish.files import MARK, marked, own, sha256
from benchsuite.leaderboard.publish.swap import swap
from benchsuite.leaderboard.publish.target import Folder


def publish_to_folder(site: Path, files: Mapping[str, Path], target: Folder) -> Changes:
    """Put the files into the target's folder. Raises `UserError`.

    The new folder is written beside it and takes its place when it is whole. Files that no site
    brought stay.
    """
    out = target.path.resolve()
    if out.is_relative_to(site.resolve()) or site.resolve().is_relative_to(out):
        raise UserError(f"{target}: is the built site, or holds it; name another folder.")
    try:
        return _publish(files, out)
    except OSError as failure:
        raise UserError(f"{target}: cannot be written: {failure.strerror}.") from failure


def _publish(files: Mapping[str, Path], out: Path) -> Changes:
    there = {
        path.relative_to(out).as_posix(): path
        for path in out.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    if out.exists() and not out.is_dir():
        raise UserError(f"{out}: is no folder; name one.")
    mark = out / MARK
    owned = own(mark.read_bytes() if mark.is_file() else None, there, str(out))
    changes = compare(
        {name: sha256(path) for name, path in files.items()},
        {name: "" if path.is_symlink() else sha256(path) for name, path in there.items()},
        owned,
    )
    if changes or not out.exists():
        kept = {name: path for name, path in there.items() if name not in {*owned, *files, MARK}}
        _replace(out, files, kept)
    return changes


def _replace(out: Path, files: Mapping[str, Path], kept: Mapping[str, Path]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        new = beside / "new"
        new.mkdir()
        for name, path in {**marked(files, beside), **kept}.items():
            place = new / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if name in kept:
                shutil.copy2(path, place, follow_symlinks=False)
            else:
                shutil.copyfile(path, place)
        if out.exists():
            new.chmod(out.stat().st_mode)
            swap(new, out)
        else:
            new.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
