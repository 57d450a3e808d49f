"""What transformers calls the weights, and how it lays them out.

Ours differ in three ways: projections of one input are stacked, GPT-2's are not transposed, and
the two components of a head that rotary positions turn together stand side by side.
"""

# mypy: disable-error-code="no-untyped-call,no-any-return"

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from benchsuite.lm.config import ModelConfig

_LLAMA = {
    "embedding": ["model.embed_tokens.weight"],
    "head": ["lm_head.weight"],
    "final_norm": ["model.norm.weight"],
    "attention_norm": ["input_layernorm.weight"],
    "feedforward_norm": ["post_attention_layernorm.weight"],
    "qkv": [f"self_attn.{part}_proj.weight" for part in "qkv"],
    "out": ["self_attn.o_proj.weight"],
    "up": ["mlp.gate_proj.weight", "mlp.up_proj.weight"],
    "down": ["mlp.down_proj.weight"],
}

_GPT2 = {
    "embedding": "transformer.wte",
    "positions": "transformer.wpe",
    "head": "lm_head",
    "final_norm": "transformer.ln_f",
    "attention_norm": "ln_1",
    "feedforward_norm": "ln_2",
    "qkv": "attn.c_attn",
    "out": "attn.c_proj",
    "up": "mlp.c_fc",
    "down": "mlp.c_proj",
}


def names(name: str, config: ModelConfig) -> list[str]:
    """Return transformers' names of what one of our tensors holds."""
    layer, own = _layer(name)
    if config.architecture == "llama":
        return [f"model.layers.{layer}.{theirs}" if layer else theirs for theirs in _LLAMA[own]]
    own, _, bias = own.partition(".")
    theirs = f"transformer.h.{layer}.{_GPT2[own]}" if layer else _GPT2[own]
    return [f"{theirs}.{bias or 'weight'}"]


def pack(name: str, stored: Sequence[Tensor], config: ModelConfig) -> Tensor:
    """Return one of our tensors from transformers'."""
    own = _layer(name)[1]
    if own.endswith(("norm", "bias")):
        return stored[0][None]
    if config.architecture == "gpt2":
        return stored[0].T if own in ("qkv", "out", "up", "down") else stored[0]
    if own == "qkv":
        query, key, value = stored
        return torch.cat([_side_by_side(query, config), _side_by_side(key, config), value])
    return torch.cat(list(stored))


def unpack(name: str, ours: Tensor, config: ModelConfig) -> dict[str, Tensor]:
    """Return transformers' tensors of one of ours, by name."""
    own, theirs = _layer(name)[1], names(name, config)
    if own.endswith(("norm", "bias")):
        return {theirs[0]: ours[0]}
    if config.architecture == "gpt2":
        return {theirs[0]: ours.T if own in ("qkv", "out", "up", "down") else ours}
    if own == "qkv":
        shared = config.key_value_heads * config.head_width
        query, key, value = ours.split([config.heads * config.head_width, shared, shared])
        pieces = [_half_apart(query, config), _half_apart(key, config), value]
    else:
        pieces = list(ours.chunk(len(theirs)))
    return dict(zip(theirs, pieces, strict=True))


def _layer(name: str) -> tuple[str, str]:
    """Split `blocks.3.qkv.bias` into `3` and `qkv.bias`; other names have no layer."""
    if not name.startswith("blocks."):
        return "", name
    _, layer, own = name.split(".", 2)
    return layer, own


def _side_by_side(weight: Tensor, config: ModelConfig) -> Tensor:
    """Bring components i and i + half of each head together, as 2i and 2i + 1."""
    by_head = weight.unflatten(0, (-1, 2, config.head_width // 2))
    return by_head.transpose(1, 2).flatten(0, 2)


def _half_apart(weight: Tensor, config: ModelConfig) -> Tensor:
    """Undo `_side_by_side`."""
    by_head = weight.unflatten(0, (-1, config.head_width // 2, 2))
    return by_head.transpose(1, 2).flatten(0, 2)
