"""The gradient of a batch, from micro-batches that threads share and memory bounds."""

# mypy: disable-error-code="no-untyped-call,no-any-return"

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import Device
from benchsuite.lm.loss import cross_entropy
from benchsuite.lm.model import LanguageModel, head
from benchsuite.lm.threads import pool
from benchsuite.lm.weights import parts

_MICRO_TOKENS = 2048
"""Tokens of a micro-batch on a CPU: enough for full speed, few enough that threads share."""


class Gradient:
    """Computes losses and gradients of a stack of models.

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

    def __call__(self, model: LanguageModel, batch: Tensor) -> tuple[Tensor, Tensor]:
        """Return losses `[members]` and gradients `[members, numbers]` in fp32.

        `batch` holds the windows `[members, rows, length + 1]`.
        """
        weights = dict(model.parts(self._device.dtype))
        leaves = [weight.detach().requires_grad_() for weight in weights.values()]
        weights = dict(zip(weights, leaves, strict=True))
        while True:
            try:
                return self._of_micro_batches(model, weights, leaves, batch)
            except torch.OutOfMemoryError:
                rows = min(self._rows, batch.shape[1])
                if rows == 1:
                    raise
                self._rows = math.ceil(rows / 2)
                torch.cuda.empty_cache()

    def _of_micro_batches(
        self, model: LanguageModel, weights: dict[str, Tensor], leaves: list[Tensor], batch: Tensor
    ) -> tuple[Tensor, Tensor]:
        scale = 1 / (batch.shape[1] * (batch.shape[2] - 1))

        def of(rows: Tensor) -> tuple[Tensor, Sequence[Tensor]]:
            hidden = model.hidden(weights, rows[:, :, :-1])
            targets = rows[:, :, 1:].flatten(1)
            losses = cross_entropy(hidden, head(weights), targets, scale)
            return losses.detach(), torch.autograd.grad(losses.sum(), leaves)

        run = self._pool.map if self._pool else map
        found = list(run(of, batch.split(self._rows, dim=1)))
        grad = torch.empty_like(model.weights)
        into = list(parts(grad, self._config).values())

        def add(which: slice) -> None:
            each = list(zip(into, *(grads for _, grads in found), strict=True))
            for to, first, *others in each[which]:
                to.copy_(first)
                for other in others:
                    to.add_(other)

        self.share(add, len(into))
        return torch.stack([losses for losses, _ in found]).sum(0), grad

    def share(self, work: Callable[[slice], object], numbers: int) -> None:
        """Have the threads do elementwise work, each on its own slice of so many numbers."""
        count = self._device.threads if self._pool else 1
        cuts = [numbers * i // count for i in range(count + 1)]
        list((self._pool.map if self._pool else map)(work, map(slice, cuts, cuts[1:])))

    def close(self) -> None:
        """End the threads."""
        if self._pool:
            self._pool.shutdown()
