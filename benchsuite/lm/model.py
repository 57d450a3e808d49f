"""Causal language models of one shape, run at once: embeddings, blocks, final norm.

A tensor of tokens is `[members, rows, length]`, and hidden states are `[members, tokens, width]`
with the tokens of all rows side by side. One model is a stack of one.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from benchsuite.lm.attention import Heads, attend, attend_to_seen, rotary
from benchsuite.lm.cache import Cache
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.kernels import embed, gelu, layer_norm, linear, rms_norm, swiglu
from benchsuite.lm.weights import Weights, initial, parts


@dataclass(frozen=True)
class Order:
    """How tokens `[rows, length]` follow one another, where it is not one by one.

    `depth` `[rows, length]` is how many come before each. `seen` `[rows, length, length]` is 0
    where a token sees another, itself included, and -inf elsewhere.
    """

    depth: Tensor
    seen: Tensor


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

    def hidden(
        self,
        weights: Weights,
        tokens: Tensor,
        cache: Cache | None = None,
        order: Order | None = None,
    ) -> Tensor:
        """Return final hidden states `[members, rows · length, width]` of tokens.

        With a cache, `tokens` `[members, rows, length]` follow those already in it: the first
        time any number, then one a row. An order, the same for all members, goes without.
        """
        epsilon, gpt2 = self.config.norm_epsilon, self.config.architecture == "gpt2"
        start = cache.used if cache else 0
        positions = order.depth if order else slice(start, start + tokens.shape[2])
        hidden = _embed(weights["embedding"], tokens.flatten(1))
        if gpt2:
            hidden = _add_to_rows(hidden, weights["positions"][:, positions], tokens.shape)
        turn = None if self._turn is None else self._turn[positions]
        for layer in range(self.config.layers):
            block = _Block(weights, f"blocks.{layer}.")
            normed = block.norm("attention_norm", hidden, epsilon)
            qkv = block.linear("qkv", normed).unflatten(1, tokens.shape[1:])
            attended = self._attend(layer, qkv, turn, cache, order).view(*hidden.shape[:2], -1)
            hidden = block.linear("out", attended, hidden)
            normed = block.norm("feedforward_norm", hidden, epsilon)
            inner = block.linear("up", normed)
            hidden = block.linear("down", gelu(inner) if gpt2 else swiglu(inner), hidden)
        if cache:
            cache.used += tokens.shape[2]
        return _Block(weights, "").norm("final_norm", hidden, epsilon)

    def _attend(
        self,
        layer: int,
        qkv: Tensor,
        turn: Tensor | None,
        cache: Cache | None,
        order: Order | None,
    ) -> Tensor:
        """Attend within each row of projections `[members, rows, length, …]`."""
        by_row = qkv.flatten(0, 1)
        if order:
            seen = order.seen.repeat(len(qkv), 1, 1)
            turn = None if turn is None else turn.repeat(len(qkv), 1, 1)
            return attend_to_seen(by_row, self._heads, turn, seen)
        if cache:
            query, *read = self._heads.split(by_row, turn)
            cache.append(layer, *read)
            if cache.used:
                return cache.attend(layer, query[:, 0])
        return attend(by_row, self._heads, turn)


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


def _add_to_rows(hidden: Tensor, added: Tensor, shape: torch.Size) -> Tensor:
    """Add `[members, length, width]`, or `[members, rows, length, width]`, to each row."""
    by_row = hidden.view(*shape, -1)
    return (by_row + added.view(len(added), -1, *by_row.shape[2:])).flatten(1, 2)


def head(weights: Weights) -> Tensor:
    """Return the output embedding `[members, vocabulary, width]`."""
    return weights.get("head", weights["embedding"])
