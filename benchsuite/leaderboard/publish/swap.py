"""Two folders that change places, in one step where the system can."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


def swap(new: Path, old: Path) -> None:
    """Let two folders of one file system change places. Raises `OSError`.

    Linux does so in one step (renameat2(2)), so that a reader of `old` sees one or the other.
    Elsewhere it takes three renames, between which there is, for a moment, no folder `old`.
    """
    if _exchanged(new, old):
        return
    aside = new.with_name(f"{new.name}-aside")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    aside.rename(new)


def _exchanged(new: Path, old: Path) -> bool:
    try:
        renameat2 = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):  # another system, or another C library
        return False
    failed = renameat2(_HERE, os.fsencode(new), _HERE, os.fsencode(old), _EXCHANGE)
    return not failed
