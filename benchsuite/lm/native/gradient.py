"""Losses and gradients by the kernels in C (train.c)."""

from __future__ import annotations

import ctypes

import torch
from torch import Tensor

from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import Device
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.native.library import training
from benchsuite.lm.native.model import Packed, check_tokens, readable

_LONGEST = 1024
"""Tokens of a row: probabilities of attention are kept, and go with the square of it."""


def trains(config: ModelConfig, device: Device, length: int) -> bool:
    """Whether the kernels give the gradients of a model on windows of so many tokens."""
    ours = (device.kind, device.precision) == ("cpu", "bf16") and readable(config)
    return ours and length <= min(config.length, _LONGEST) and training() is not None


class NativeGradient:
    """Losses and gradients of windows, times a scale, with the weights that there are now.

    Products are of bf16, sums and what goes on beside products are fp32. Members come one after
    another, each as if alone. Threads may share it.
    """

    def __init__(self, model: LanguageModel, scale: float) -> None:
        library = training()
        assert library is not None
        self._library, self._scale, self._like = library, scale, model.weights
        self._vocabulary = model.config.vocabulary
        members = (weights.contiguous() for weights in model.weights)
        self._members = [Packed(library, model.config, weights) for weights in members]

    def __call__(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Return losses `[members]` and gradients `[members, numbers]` in fp32.

        Of windows `[members, rows, length + 1]`. Raises `IndexError` for a token that is not in
        the vocabulary.
        """
        check_tokens(windows.numpy(), self._vocabulary)
        grads = torch.zeros_like(self._like)
        each = zip(self._members, windows, grads, strict=True)
        return torch.tensor([self._of(*member) for member in each]), grads

    def _of(self, member: Packed, windows: Tensor, grad: Tensor) -> float:
        rows, length = len(windows), windows.shape[1] - 1
        room = self._library.work_bytes(ctypes.byref(member.model.shape), rows, length)
        memory = torch.empty(room, dtype=torch.uint8)
        windows = windows.to(torch.int64).contiguous()
        return float(
            self._library.gradient(
                ctypes.byref(member.model),
                windows.data_ptr(),
                rows,
                length,
                self._scale,
                grad.data_ptr(),
                memory.data_ptr(),
            )
        )
