"""Where tensors live and in which precision models train."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from benchsuite.lm.processor import abilities

if TYPE_CHECKING:
    import torch

DeviceKind = Literal["cpu", "cuda"]
Precision = Literal["bf16", "fp32"]


@dataclass(frozen=True)
class Device:
    """A resolved device and the precision of the matrix products of training.

    Sampling and scoring always compute in fp32: what a model says is then what transformers
    says of the same checkpoint.

    `threads` is how many CPU threads one call may use; no result depends on it.
    """

    kind: DeviceKind
    precision: Precision
    threads: int = 1

    @property
    def dtype(self) -> torch.dtype:
        """The dtype that training multiplies matrices in."""
        import torch

        return torch.bfloat16 if self.precision == "bf16" else torch.float32


def resolve_device(request: Literal["auto", "cpu", "cuda"]) -> Device:
    """Return the device a run uses.

    `auto` takes CUDA where there is one. bf16 is chosen where the hardware multiplies it
    natively: any CUDA device that reports it, and CPUs with AMX tiles or AVX-512's products of
    bf16, where training measured 1.1 to 1.9 times as fast as in fp32. Others would be slower.

    Torch, which takes a second to import, is asked only where there may be a CUDA device.
    Raises `RuntimeError` when CUDA is asked for and absent.
    """
    if request != "cpu" and _may_have_gpu():
        import torch

        if torch.cuda.is_available():
            return Device("cuda", "bf16" if torch.cuda.is_bf16_supported() else "fp32")
    if request == "cuda":
        raise RuntimeError("no CUDA device is available")
    return Device("cpu", "bf16" if _multiplies_bf16() else "fp32")


def _may_have_gpu() -> bool:
    """Whether a driver has left its device file (Linux: NVIDIA, AMD, Windows' subsystem)."""
    if not sys.platform.startswith("linux"):
        return True
    return any(Path("/dev", name).exists() for name in ("nvidiactl", "kfd", "dxg"))


def _multiplies_bf16() -> bool:
    """Whether the CPU has instructions for products of bf16 (Linux alone tells)."""
    return not abilities().isdisjoint({"amx_bf16", "avx512_bf16"})


def keep_freed_memory() -> None:
    """Let glibc keep freed blocks instead of handing each large tensor back to the kernel.

    A training step frees and takes the same buffers again; page faults cost up to a quarter
    of it on small models. Does nothing where the C library is not glibc.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mmap_threshold, trim_threshold = -3, -1  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD
        mallopt(mmap_threshold, 1 << 30)
        mallopt(trim_threshold, (1 << 31) - 1)


def spare_what_is_loaded() -> None:
    """Keep what is there already, such as modules of libraries, out of garbage collection.

    Passes over it, which find nothing, took a tenth of the time of scoring many short rows.
    """
    gc.collect()
    gc.freeze()


_BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Variables that libraries for linear algebra read when they are loaded."""


def make_deterministic(threads: int = 1) -> None:
    """Fix whatever would let two runs of the same job differ.

    The number of threads changes the order of sums, so it is part of the result and fixed:
    parallelism comes from running jobs side by side. That goes for torch and for the libraries
    that numpy and scipy multiply with, those that are there and those that are loaded later.
    """
    import torch
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads, user_api="blas")
    os.environ.update(dict.fromkeys(_BLAS_THREADS, str(threads)))
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    torch.set_num_threads(threads)
    # As `use_deterministic_algorithms` does, which also imports torch's compiler: two seconds of
    # every process's start. Nothing here is compiled.
    torch.set_deterministic_debug_mode("error")
    # Deterministic mode also fills new tensors, at a tenth of a small model's training step;
    # nothing here reads what it has not written.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
