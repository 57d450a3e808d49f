"""Independent pieces of work, shared by the threads that a call may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

from benchsuite.lm.device import Device

T = TypeVar("T")


def pool(device: Device) -> ThreadPoolExecutor:
    """Return threads in each of which torch works alone."""
    return ThreadPoolExecutor(device.threads, initializer=torch.set_num_threads, initargs=(1,))


def for_each(items: Iterable[T], work: Callable[[T], None], device: Device) -> None:
    """Do work on each item; the items are independent, so their order means nothing."""
    if device.kind == "cpu" and device.threads > 1:
        with pool(device) as threads:
            list(threads.map(work, items))
    else:
        for item in items:
            work(item)
