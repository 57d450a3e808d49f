"""What fixes a model's shape and its training, as plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Architecture = Literal["llama", "gpt2"]


@dataclass(frozen=True)
class ModelConfig:
    """Shape of a causal language model.

    `llama`: rotary positions, RMS norms, SwiGLU, no biases (arXiv:2302.13971, section 2.2).
    `gpt2`: learned positions, layer norms, GELU, biases (Radford et al. 2019, section 2.3).

    `length` is the context in tokens; `feedforward` the inner width of a block's second half.
    Where `shared_heads` is given, so many key-value heads serve all query heads
    (arXiv:2305.13245). `tied` models use one matrix as input and output embedding.
    """

    vocabulary: int
    width: int
    layers: int
    heads: int
    feedforward: int
    length: int
    rope_theta: float = 10_000.0
    norm_epsilon: float = 1e-5
    architecture: Architecture = "llama"
    shared_heads: int | None = None
    tied: bool = True

    @property
    def head_width(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads

    @property
    def key_value_heads(self) -> int:
        """Number of heads that have keys and values of their own."""
        return self.shared_heads or self.heads

    @property
    def projections(self) -> int:
        """Width of stacked queries, keys and values."""
        return (self.heads + 2 * self.key_value_heads) * self.head_width


@dataclass(frozen=True)
class TrainingConfig:
    """How a model is trained: AdamW with linear warm-up and linear decay to `final_rate`.

    `batch` is the number of sequences a step; `warmup` and `final_rate` are shares of the
    number of steps and of `learning_rate`; `length` is that of a sequence in tokens, at most and
    by default the model's context.
    """

    epochs: int = 1
    batch: int = 8
    learning_rate: float = 5e-3
    warmup: float = 0.05
    final_rate: float = 0.05
    weight_decay: float = 0.1
    beta1: float = 0.9
    beta2: float = 0.95
    clip: float = 1.0
    length: int | None = None
