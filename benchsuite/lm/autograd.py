"""Losses and gradients by torch's autograd."""

# mypy: disable-error-code="no-untyped-call,no-any-return"

from __future__ import annotations

import torch
from torch import Tensor

from benchsuite.lm.loss import cross_entropy
from benchsuite.lm.model import LanguageModel, head
from benchsuite.lm.weights import parts


class TorchGradient:
    """Losses and gradients of windows, times a scale, with the weights that there are now.

    Matrices are multiplied in `dtype`. Threads may share it.
    """

    def __init__(self, model: LanguageModel, dtype: torch.dtype, scale: float) -> None:
        self._model, self._scale = model, scale
        weights = model.parts(dtype)
        self._leaves = [weight.detach().requires_grad_() for weight in weights.values()]
        self._weights = dict(zip(weights, self._leaves, strict=True))

    def __call__(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Return losses `[members]` and gradients `[members, numbers]` in fp32.

        Of windows `[members, rows, length + 1]`.
        """
        hidden = self._model.hidden(self._weights, windows[:, :, :-1])
        targets = windows[:, :, 1:].flatten(1)
        losses = cross_entropy(hidden, head(self._weights), targets, self._scale)
        found = torch.autograd.grad(losses.sum(), self._leaves)
        grad = torch.empty_like(self._model.weights)
        for to, part in zip(parts(grad, self._model.config).values(), found, strict=True):
            to.copy_(part)
        return losses.detach(), grad
