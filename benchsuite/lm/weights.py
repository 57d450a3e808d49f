"""Weights of one or more models of one shape, all in one tensor.

`[members, numbers]`: a row for each model, cut into named matrices and vectors by the layout.
Matrices stand first, since weight decay is for them alone.
"""

# mypy: disable-error-code="no-untyped-call,no-any-return"

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from benchsuite.lm.config import ModelConfig

Weights = Mapping[str, Tensor]
"""Weights by name, each `[members, …]`."""


@dataclass(frozen=True)
class Part:
    """One named matrix or vector, and how it starts: normal of a deviation, or constant."""

    name: str
    shape: tuple[int, ...]
    deviation: float = 0.0
    constant: float = 0.0

    @property
    def size(self) -> int:
        """Number of weights."""
        return math.prod(self.shape)


@cache
def layout(config: ModelConfig) -> tuple[Part, ...]:
    """Return the parts of a model in the order in which they lie.

    Deviations are GPT-2's 0.02 at its width of 768, and go with 1 / √width: at width 96 a fixed
    0.02 costs 0.3 bits a byte after 200,000 tokens. What is added to the residual stream starts
    smaller by 1 / √(2 · layers), as GPT-2's does.
    """
    width, inner = config.width, config.feedforward
    deviation = 0.55 / math.sqrt(width)
    residual = deviation / math.sqrt(2 * config.layers)
    gpt2 = config.architecture == "gpt2"
    matrices = [Part("embedding", (config.vocabulary, width), deviation)]
    if not config.tied:
        matrices.append(Part("head", (config.vocabulary, width), deviation))
    if gpt2:
        matrices.append(Part("positions", (config.length, width), deviation))
    vectors = [*_norm("final_norm", width, bias=gpt2)]
    for i in range(config.layers):
        at = f"blocks.{i}."
        attended = config.heads * config.head_width
        up = Part(at + "up", (inner if gpt2 else 2 * inner, width), deviation)
        matrices += [
            Part(at + "qkv", (config.projections, width), deviation),
            Part(at + "out", (width, attended), residual),
            up,
            Part(at + "down", (width, inner), residual),
        ]
        vectors += _norm(at + "attention_norm", width, bias=gpt2)
        vectors += _norm(at + "feedforward_norm", width, bias=gpt2)
        if gpt2:
            sizes = {"qkv": config.projections, "out": width, "up": inner, "down": width}
            vectors += [Part(f"{at}{name}.bias", (1, size)) for name, size in sizes.items()]
    return (*matrices, *vectors)


def _norm(name: str, width: int, *, bias: bool) -> list[Part]:
    scale = Part(name, (1, width), constant=1.0)
    return [scale, Part(name + ".bias", (1, width))] if bias else [scale]


@cache
def size(config: ModelConfig) -> int:
    """Number of weights; a tied embedding counts once."""
    return sum(part.size for part in layout(config))


@cache
def decayed(config: ModelConfig) -> int:
    """Number of weights that weight decay is for: all matrices, which stand first."""
    return sum(part.size for part in layout(config) if part.shape[0] > 1)


def parts(flat: Tensor, config: ModelConfig) -> dict[str, Tensor]:
    """Cut `[members, numbers]` into named views `[members, …]`."""
    sizes = [part.size for part in layout(config)]
    cut = flat.split(sizes, dim=1)
    return {p.name: t.unflatten(1, p.shape) for p, t in zip(layout(config), cut, strict=True)}


def initial(config: ModelConfig, seeds: Sequence[int]) -> Tensor:
    """Return new weights `[members, numbers]`, each member's drawn with its own seed."""
    flat = torch.empty(len(seeds), size(config))
    for member, seed in enumerate(seeds):
        generator = torch.Generator().manual_seed(seed)
        for part, weights in zip(
            layout(config), parts(flat[member : member + 1], config).values(), strict=True
        ):
            weights.fill_(part.constant)
            if part.deviation:
                drawn = torch.randn(*part.shape, generator=generator)
                weights.copy_(drawn * part.deviation)
    return flat
