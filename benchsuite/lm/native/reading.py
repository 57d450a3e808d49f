"""What models say of given tokens, by the kernels in C (read.c)."""

from __future__ import annotations

import ctypes

import numpy as np
import torch

from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import Device
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.native.library import library
from benchsuite.lm.native.model import PackedSingle, check_tokens, readable
from benchsuite.lm.prefixes import Trees


def reads(config: ModelConfig, device: Device) -> bool:
    """Whether the kernels read text with a model: what they do is fp32."""
    return device.kind == "cpu" and readable(config) and library() is not None


class NativeReading:
    """Reads trees with models as they are now. Threads may share it."""

    def __init__(self, models: LanguageModel) -> None:
        found = library()
        assert found is not None
        self._library, self._vocabulary = found, models.config.vocabulary
        self._members = [PackedSingle(found, models.config, each) for each in models.weights]

    def __call__(self, trees: Trees, *, want_greedy: bool) -> tuple[np.ndarray, np.ndarray | None]:
        """Return log-probabilities of the targets, and if asked whether each is likeliest.

        Both are `[members, targets]`. Raises `IndexError` for a token beyond the vocabulary.
        """
        check_tokens(trees.tokens, self._vocabulary)
        check_tokens(trees.targets, self._vocabulary)
        given = [
            np.ascontiguousarray(array, np.int64)
            for array in (trees.tokens, trees.depth, trees.parent, trees.nodes, trees.targets)
        ]
        shape = (len(self._members), len(trees.targets))
        scored = np.empty(shape, np.float32)
        greedy = np.empty(shape, bool) if want_greedy else None
        tokens, depth, parent, nodes, targets = (array.ctypes.data for array in given)
        for member, found in enumerate(self._members):
            size = self._library.reading_bytes(ctypes.byref(found.model.shape), *trees.tokens.shape)
            memory = torch.empty(size, dtype=torch.uint8)
            self._library.read_trees(
                ctypes.byref(found.model),
                *trees.tokens.shape,
                tokens,
                depth,
                parent,
                shape[1],
                nodes,
                targets,
                scored[member].ctypes.data,
                None if greedy is None else greedy[member].ctypes.data,
                memory.data_ptr(),
            )
        return scored, greedy
