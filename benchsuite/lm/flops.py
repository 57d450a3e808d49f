"""Floating-point operations of training and inference, by formula."""

from __future__ import annotations

from benchsuite.lm.config import ModelConfig
from benchsuite.lm.weights import size


def forward_flops(config: ModelConfig, tokens: int) -> int:
    """Operations to read `tokens` at full context: 2 N + 2 · layers · length · width a token.

    N is the number of weights that multiply: not the tables that tokens and positions are looked
    up in, but a tied embedding once, as output. The second term is causal attention, half of the
    full square (PaLM, arXiv:2204.02311, appendix B).
    """
    looked_up = 0 if config.tied else config.vocabulary * config.width
    if config.architecture == "gpt2":
        looked_up += config.length * config.width
    attention = config.layers * config.length * config.heads * config.head_width
    return tokens * 2 * (size(config) - looked_up + attention)


def training_flops(config: ModelConfig, tokens: int) -> int:
    """Operations to train on `tokens`: the backward pass costs twice the forward pass."""
    return 3 * forward_flops(config, tokens)
