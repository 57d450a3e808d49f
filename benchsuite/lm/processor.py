"""What the processor can do."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def abilities() -> frozenset[str]:
    """Return what the kernel says that the processor can do; nothing where it says nothing.

    Linux alone tells, in the words of its /proc/cpuinfo.
    """
    try:
        info = Path("/proc/cpuinfo").read_text()
    except OSError:
        return frozenset()
    flags = (line.partition(":")[2] for line in info.splitlines() if line.startswith("flags"))
    return frozenset(next(flags, "").split())
