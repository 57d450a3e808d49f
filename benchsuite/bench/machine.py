"""The machine: how torch is set up on it, and the most that it can multiply."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from benchsuite.lm.device import Device, DeviceKind, Precision, make_deterministic

T = TypeVar("T")

_REPEATS = 5


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def as_in_runs(*, deterministic: bool = True) -> Iterator[None]:
    """Set torch up as `benchsuite run` does; without `deterministic`, but for that mode."""
    with _restored():
        make_deterministic()
        if not deterministic:
            _use_deterministic(mode=False)
        yield


@contextmanager
def as_peers_do(threads: int) -> Iterator[None]:
    """Set torch up as it comes, with so many threads for one operation."""
    import torch

    with _restored():
        torch.set_num_threads(threads)
        _use_deterministic(mode=False)
        yield


@contextmanager
def _restored() -> Iterator[None]:
    """Put threads and determinism back as they were."""
    import torch

    threads, was = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        _use_deterministic(mode=was)


def _use_deterministic(*, mode: bool) -> None:
    import torch

    torch.use_deterministic_algorithms(mode=mode)


def wait(kind: str) -> None:
    """Wait until an accelerator has done what it was told to do."""
    if kind == "cuda":
        import torch

        torch.cuda.synchronize()


def timed(kind: str, work: Callable[[], T]) -> tuple[T, float]:
    """Return what some work gives, and the seconds it took."""
    wait(kind)
    began = time.perf_counter()
    result = work()
    wait(kind)
    return result, time.perf_counter() - began


def peak(kind: DeviceKind, precision: Precision, threads: int, size: int) -> float:
    """Return the rate (FLOP/s) of a product of two square matrices of `size`, the best of five.

    It is what the hardware gives through torch, so that a share of it says how much of a
    training step goes into anything else. A product takes 2 · size³ operations.
    """
    import torch

    with as_peers_do(threads):
        dtype = Device(kind, precision).dtype
        one = torch.randn(size, size, device=kind).to(dtype)
        other = torch.randn(size, size, device=kind).to(dtype)
        seconds = [timed(kind, lambda: torch.mm(one, other))[1] for _ in range(_REPEATS + 1)]
    return 2 * size**3 / min(seconds)
