"""Models as the kernels in C see them (model.h)."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from benchsuite.lm.attention import rotary
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.weights import layout

_OF_LAYER = ("attention_norm", "feedforward_norm", "qkv", "out", "up", "down")


class Shape(ctypes.Structure):
    """`struct shape`."""

    _fields_ = (
        *(
            (name, ctypes.c_int64)
            for name in ("vocabulary", "width", "layers", "heads", "shared", "head_width")
        ),
        ("feedforward", ctypes.c_int64),
        ("epsilon", ctypes.c_float),
    )


class Model(ctypes.Structure):
    """`struct model`."""

    _fields_ = (
        ("shape", Shape),
        ("offsets", ctypes.c_void_p),
        ("weights", ctypes.c_void_p),
        ("turn", ctypes.c_void_p),
        ("packed", ctypes.c_void_p),
    )


def readable(config: ModelConfig) -> bool:
    """Whether the kernels read models of a shape: pairs of numbers are multiplied."""
    summed = (config.width, config.feedforward, config.head_width)
    whole = config.heads % config.key_value_heads == 0
    return config.architecture == "llama" and whole and not any(size % 2 for size in summed)


@dataclass(frozen=True)
class Plan:
    """What all models of a shape share: it, where its parts begin, how positions turn."""

    shape: Shape
    offsets: Tensor
    turn: Tensor

    @staticmethod
    @lru_cache(maxsize=8)
    def of(config: ModelConfig) -> Plan:
        """Return the plan of a shape."""
        starts, at = {}, 0
        for part in layout(config):
            starts[part.name] = at
            at += part.size
        names = ["embedding", "embedding" if config.tied else "head", "final_norm"]
        names += [f"blocks.{i}.{name}" for i in range(config.layers) for name in _OF_LAYER]
        shape = Shape(
            config.vocabulary,
            config.width,
            config.layers,
            config.heads,
            config.key_value_heads,
            config.head_width,
            config.feedforward,
            config.norm_epsilon,
        )
        turn = torch.view_as_real(rotary(config.length, config.head_width, config.rope_theta))
        return Plan(shape, torch.tensor([starts[name] for name in names]), turn.contiguous())


class Packed:
    """One model, its matrices rounded to bf16 and packed; the weights must stay as they are.

    `weights` are `[numbers]` in fp32.
    """

    def __init__(self, library: ctypes.CDLL, config: ModelConfig, weights: Tensor) -> None:
        plan = Plan.of(config)
        size = library.packed_bytes(ctypes.byref(plan.shape))
        self._held = (plan, weights, torch.empty(size, dtype=torch.uint8))
        held = (plan.offsets, weights, plan.turn, self._held[-1])
        self.model = Model(plan.shape, *(tensor.data_ptr() for tensor in held))
        library.pack_weights(ctypes.byref(self.model))


class PackedSingle:
    """One model, its matrices packed in fp32; the weights must stay as they are.

    `weights` are `[numbers]` in fp32.
    """

    def __init__(self, library: ctypes.CDLL, config: ModelConfig, weights: Tensor) -> None:
        plan, weights = Plan.of(config), weights.contiguous()
        size = library.single_bytes(ctypes.byref(plan.shape))
        self._held = (plan.offsets, weights, plan.turn, torch.empty(size, dtype=torch.uint8))
        self.model = Model(plan.shape, *(tensor.data_ptr() for tensor in self._held))
        library.pack_single_weights(ctypes.byref(self.model))


def check_tokens(tokens: np.ndarray, vocabulary: int) -> None:
    """Raise `IndexError` for a token that is not in the vocabulary: C would read on beyond it."""
    if tokens.size and not (tokens.min() >= 0 and tokens.max() < vocabulary):
        raise IndexError(f"a token is not among the {vocabulary:,} of the vocabulary")
