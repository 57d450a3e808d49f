"""Folders that one process at a time may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = ".lock"
"""Suffix of the file beside a folder that is locked while the folder is held."""


@contextmanager
def held(folder: Path, seconds: float) -> Iterator[bool]:
    """Hold a folder against other processes; False if another has it still after `seconds`.

    The operating system ends the hold with the process, however that ends. The lock's file
    goes when the folder has gone.
    """
    path = folder.with_name(folder.name + LOCK)
    lock = FileLock(path)
    with suppress(Timeout):
        lock.acquire(timeout=seconds)
    try:
        yield lock.is_locked
    finally:
        if lock.is_locked and not folder.exists():
            with suppress(OSError):  # Windows may refuse while the file is open
                path.unlink()
        lock.release()
