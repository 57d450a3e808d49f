"""Models small enough to be taken apart, and the same ones in transformers."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")

import torch
from transformers import AutoModelForCausalLM, PreTrainedModel
from transformers.utils import logging

from benchsuite.lm import huggingface
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import Device
from benchsuite.lm.model import LanguageModel, head
from benchsuite.lm.weights import parts

logging.disable_progress_bar()
CPU = Device("cpu", "fp32")


def small(**changes) -> ModelConfig:
    shape = {
        "vocabulary": 23,
        "width": 16,
        "layers": 2,
        "heads": 2,
        "feedforward": 24,
        "length": 12,
    }
    return ModelConfig(**(shape | changes))


READABLE = {
    "plain": small(),
    "wide heads": small(width=80, heads=2, feedforward=100),
    "odd numbers of lanes": small(width=44, heads=2, feedforward=50, vocabulary=131),
    "shared heads": small(heads=4, shared_heads=2, width=48),
    "untied": small(tied=False),
    "long": small(length=90, layers=3),
    "one more than a panel": small(length=33, vocabulary=100),
}
"""Shapes that the kernels in C read and write."""


def make(config: ModelConfig, seed: int = 0, scale: float = 1.0) -> LanguageModel:
    """A model with random weights, norms and biases too; `scale` makes its guesses sharper."""
    generator = torch.Generator().manual_seed(seed)
    model = LanguageModel.initial(config, [seed])
    for name, weight in parts(model.weights, config).items():
        if "norm" in name or "bias" in name:
            weight.add_(0.2 * torch.randn(weight.shape, generator=generator))
        if name == "final_norm":
            weight.mul_(scale)
    return model


def logits(model: LanguageModel, tokens: torch.Tensor) -> torch.Tensor:
    """Logits `[rows, length, vocabulary]` of tokens `[rows, length]`."""
    weights = model.parts()
    hidden = model.hidden(weights, tokens[None])
    return torch.bmm(hidden, head(weights).transpose(1, 2))[0].unflatten(0, tokens.shape)


def in_transformers(model: LanguageModel, boundary: int = 0) -> PreTrainedModel:
    with tempfile.TemporaryDirectory() as folder:
        huggingface.save(model, boundary, Path(folder))
        return AutoModelForCausalLM.from_pretrained(folder).eval()
