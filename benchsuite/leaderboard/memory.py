"""A bound on the memory that reading somebody's file may take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pyarrow as pa

_MORE = 1 << 30
"""Bytes of address space: those of the largest file unpacked, and what libraries set aside."""


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Let this process take only so much more memory; beyond it, `MemoryError` is raised.

    A few bytes of a compressed column may unpack to gigabytes, and no header need say so.
    Where the system knows no such bound (macOS, Windows), there is none.
    """
    try:
        import resource

        pa.allocate_buffer(1)  # Arrow sets its first gigabyte of addresses aside
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = psutil.Process().memory_info().vms + _MORE
        if soft != resource.RLIM_INFINITY:
            most = min(most, soft)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
