"""Causal language models of one shape, run at once: embeddings, blocks, final norm.

A tensor of tokens is `[members, rows, length]`, and hidden states are `[members, tokens, width]`
with the tokens of all rows side by side. One model is a stack of one.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from benchsuite.lm.attention import Heads, attend, rotary
from benchsuite.lm.cache import Cache
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.kernels import embed, gelu, layer_norm, linear, rms_norm, swiglu
from benchsuite.lm.weights import Weights, initial, parts


class LanguageModel:
    """One or more models of one shape: fp32 weights `[members, numbers]`."""

    def __init__(self, config: ModelConfig, weights: Tensor) -> None:
        self.config = config
        self.weights = weights
        self._heads = Heads(config.heads, config.key_value_heads, config.head_width)
        self._turn: Tensor | None = None
        if config.architecture == "llama":
            turn = rotary(config.length, config.head_width, config.rope_theta)
            self._turn = turn.to(weights.device)

    @classmethod
    def initial(cls, config: ModelConfig, seeds: Sequence[int]) -> LanguageModel:
        """Return untrained models, each drawn with its own seed."""
        return cls(config, initial(config, seeds))

    @classmethod
    def stack(cls, models: Sequence[LanguageModel]) -> LanguageModel:
        """Return models of one shape as one."""
        return cls(models[0].config, torch.cat([model.weights for model in models]))

    @property
    def members(self) -> int:
        """Number of models."""
        return len(self.weights)

    def member(self, index: int) -> LanguageModel:
        """Return one of the models; it shares its weights with the stack."""
        return LanguageModel(self.config, self.weights[index : index + 1])

    def to(self, device: str) -> LanguageModel:
        """Return the models on a device."""
        return LanguageModel(self.config, self.weights.to(device))

    def parts(self, dtype: torch.dtype = torch.float32) -> Weights:
        """Return the weights by name, in the dtype that matrices are multiplied in."""
        return parts(self.weights.to(dtype), self.config)

    def hidden(self, weights: Weights, tokens: Tensor, cache: Cache | None = None) -> Tensor:
        """Return final hidden states `[members, rows · length, width]` of tokens.

        With a cache, `tokens` `[members, rows, length]` follow those already in it: the first
        time any number, then one a row.
        """
        epsilon, gpt2 = self.config.norm_epsilon, self.config.architecture == "gpt2"
        start = cache.used if cache else 0
        hidden = _embed(weights["embedding"], tokens.flatten(1))
        if gpt2:
            positions = weights["positions"][:, start : start + tokens.shape[2]]
            hidden = hidden + positions.repeat(1, tokens.shape[1], 1)
        for layer in range(self.config.layers):
            block = _Block(weights, f"blocks.{layer}.")
            normed = block.norm("attention_norm", hidden, epsilon)
            attended = self._attend(layer, block.linear("qkv", normed), tokens.shape, cache)
            hidden = block.linear("out", attended, hidden)
            normed = block.norm("feedforward_norm", hidden, epsilon)
            inner = block.linear("up", normed)
            hidden = block.linear("down", gelu(inner) if gpt2 else swiglu(inner), hidden)
        if cache:
            cache.used += tokens.shape[2]
        return _Block(weights, "").norm("final_norm", hidden, epsilon)

    def _attend(self, layer: int, qkv: Tensor, shape: torch.Size, cache: Cache | None) -> Tensor:
        """Attend within each row: projections and result are `[members, tokens, …]`."""
        members, rows, new = shape
        start = cache.used if cache else 0
        turn = None if self._turn is None else self._turn[start : start + new]
        by_row = qkv.view(members * rows, new, -1)
        if cache:
            query, *read = self._heads.split(by_row, turn)
            cache.append(layer, *read)
        if cache and start:
            attended = cache.attend(layer, query[:, 0])
        else:
            attended = attend(by_row, self._heads, turn)
        return attended.view(members, rows * new, -1)


class _Block:
    """Weights whose names start alike, applied."""

    def __init__(self, weights: Weights, at: str) -> None:
        self._weights, self._at = weights, at

    def linear(self, name: str, inputs: Tensor, residual: Tensor | None = None) -> Tensor:
        name = self._at + name
        bias = self._weights.get(name + ".bias")
        if bias is not None and residual is not None:
            return linear(inputs, self._weights[name], residual + bias)
        return linear(inputs, self._weights[name], bias if residual is None else residual)

    def norm(self, name: str, hidden: Tensor, epsilon: float) -> Tensor:
        name = self._at + name
        bias = self._weights.get(name + ".bias")
        if bias is None:
            return rms_norm(hidden, self._weights[name], epsilon)
        return layer_norm(hidden, self._weights[name], bias, epsilon)


def _embed(embedding: Tensor, tokens: Tensor) -> Tensor:
    """Look up `[members, n]` tokens in each member's `[members, vocabulary, width]` table."""
    members, vocabulary, width = embedding.shape
    if members > 1:
        tokens = tokens + vocabulary * torch.arange(members, device=tokens.device)[:, None]
    return embed(tokens, embedding.reshape(members * vocabulary, width))


def head(weights: Weights) -> Tensor:
    """Return the output embedding `[members, vocabulary, width]`."""
    return weights.get("head", weights["embedding"])
