"""The gradient of a batch, from micro-batches that threads share and memory bounds."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch
from torch import Tensor

from benchsuite.lm.autograd import TorchGradient
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import Device
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.native.gradient import NativeGradient, trains
from benchsuite.lm.threads import pool

T = TypeVar("T")
R = TypeVar("R")

_MICRO_TOKENS = 2048
"""Tokens of a micro-batch on a CPU: enough for full speed, few enough that threads share."""


class Gradient:
    """Computes losses and gradients of a stack of models, by the kernels in C or by torch.

    On a CPU a batch is cut in the same micro-batches however many threads there are, and their
    gradients are added in order: the number of threads changes no bit. On an accelerator the
    whole batch is tried first; when memory runs out, micro-batches are halved from there on.
    """

    def __init__(self, config: ModelConfig, device: Device) -> None:
        self._config, self._device = config, device
        self._rows = max(1, _MICRO_TOKENS // config.length) if device.kind == "cpu" else 1 << 30
        self._pool: ThreadPoolExecutor | None = None
        if device.kind == "cpu" and device.threads > 1:
            self._pool = pool(device)
        self._threads = device.threads if self._pool else 1

    def __call__(self, model: LanguageModel, batch: Tensor) -> tuple[Tensor, Tensor]:
        """Return losses `[members]` and gradients `[members, numbers]` in fp32.

        `batch` holds the windows `[members, rows, length + 1]`.
        """
        length = batch.shape[2] - 1
        scale = 1 / (batch.shape[1] * length)
        of: NativeGradient | TorchGradient
        if trains(self._config, self._device, length):
            of = NativeGradient(model, scale)
        else:
            of = TorchGradient(model, self._device.dtype, scale)
        while True:
            try:
                return self._of_micro_batches(of, batch)
            except torch.OutOfMemoryError:
                rows = min(self._rows, batch.shape[1])
                if rows == 1:
                    raise
                self._rows = math.ceil(rows / 2)
                torch.cuda.empty_cache()

    def _of_micro_batches(
        self, of: Callable[[Tensor], tuple[Tensor, Tensor]], batch: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Add up micro-batches, as many at once as there are threads."""
        micro = batch.split(self._rows, dim=1)
        losses: list[Tensor] = []
        grads: list[Tensor] = []
        for start in range(0, len(micro), self._threads):
            found = self._share(of, micro[start : start + self._threads])
            losses += [loss for loss, _ in found]
            grads = [self._sum([*grads, *(grad for _, grad in found)])]
        return torch.stack(losses).sum(0), grads[0]

    def _sum(self, grads: Sequence[Tensor]) -> Tensor:
        """Add all to the first, each thread in a slice of its own."""
        to, *others = grads
        cuts = [to.shape[1] * i // self._threads for i in range(self._threads + 1)]

        def add(which: slice) -> None:
            for other in others:
                to[:, which].add_(other[:, which])

        self._share(add, list(map(slice, cuts, cuts[1:])))
        return to

    def _share(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Do work on each item, in threads; returns the results in order."""
        return list((self._pool.map if self._pool else map)(work, items))

    def close(self) -> None:
        """End the threads."""
        if self._pool:
            self._pool.shutdown()
