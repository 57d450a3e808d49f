"""The kernels in C: found, checked and loaded, once a process."""

from __future__ import annotations

import ctypes
import logging
import os
from ctypes import c_double, c_float, c_int64, c_void_p
from functools import cache
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

from benchsuite.lm.native.sources import LIBRARY, digest
from benchsuite.lm.processor import abilities

SWITCH = "BENCHSUITE_KERNELS"
"""Environment variable; `torch` has torch compute everything."""

_NEEDED = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
_FUNCTIONS: dict[str, tuple[type[Any] | None, tuple[type[Any], ...]]] = {
    "packed_bytes": (c_int64, (c_void_p,)),
    "pack_weights": (None, (c_void_p,)),
    "work_bytes": (c_int64, (c_void_p, c_int64, c_int64)),
    "gradient": (
        c_double,
        (c_void_p, c_void_p, c_int64, c_int64, c_float, c_void_p, c_void_p),
    ),
    "single_bytes": (c_int64, (c_void_p,)),
    "pack_single_weights": (None, (c_void_p,)),
    "reading_bytes": (c_int64, (c_void_p, c_int64, c_int64)),
    "read_trees": (
        None,
        (
            *(c_void_p, c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_int64),
            *(c_void_p, c_void_p, c_void_p, c_void_p, c_void_p),
        ),
    ),
    "cache_bytes": (c_int64, (c_void_p, c_int64, c_int64)),
    "writing_bytes": (c_int64, (c_void_p, c_int64, c_int64)),
    "write_position": (c_int64, (c_void_p, c_void_p, c_int64, c_void_p)),
}
"""What each function returns and takes."""

_FOLDER = Path(__file__).parent
_log = logging.getLogger(__name__)


def kernels(device: str) -> str:
    """Say whose kernels compute on a device: they decide the last bits of what comes out.

    `torch`, or `native-` and the first twelve digits of the SHA-256 of the sources in C. Raises
    `ValueError` where the environment variable asks for what there is not.
    """
    found = library() if device == "cpu" else None
    return f"native-{_sources(found)[:12]}" if found else "torch"


def training() -> ctypes.CDLL | None:
    """Return the kernels in C where models are trained with them in bf16.

    Not on processors with AMX: their tiles, which torch uses, are made to multiply bf16 several
    times as fast as AVX-512 does. That was not measured.
    """
    able = "avx512_bf16" in abilities() and "amx_bf16" not in abilities()
    return library() if able else None


def library() -> ctypes.CDLL | None:
    """Return the kernels in C, or None where torch computes everything.

    That is where the environment variable `BENCHSUITE_KERNELS` says so, where no library was
    compiled, and on processors that cannot run it.
    """
    asked = os.environ.get(SWITCH) or "native"
    if asked not in {"native", "torch"}:
        raise ValueError(f"{SWITCH} is {asked!r}, and may be 'torch' or 'native'")
    return _load(_FOLDER) if asked == "native" and abilities() >= _NEEDED else None


@cache
def _load(folder: Path) -> ctypes.CDLL | None:
    """Load a folder's library; one of other sources than those beside it is refused."""
    path = folder / LIBRARY
    if not path.is_file():
        return None
    try:
        found = ctypes.CDLL(str(path))
        sources = _sources(found)
    except (OSError, ValueError) as failure:
        _warn(f"{path} cannot be loaded: {failure}")
        return None
    if sources != digest(folder):
        _warn(f"{path} is not made of the sources beside it; `pip install -e .` makes it anew")
        return None
    for name, (returned, taken) in _FUNCTIONS.items():
        function = getattr(found, name)
        function.restype, function.argtypes = returned, taken
    return found


def _sources(found: ctypes.CDLL) -> str:
    """Return the digest of the sources that a library says it is made of."""
    return (ctypes.c_char * 64).in_dll(found, "kernels").value.decode()


def _warn(why: str) -> None:
    """Say why torch computes everything, once: workers leave it to the process that has them."""
    if parent_process() is None:
        _log.warning("torch computes everything, since %s", why)
