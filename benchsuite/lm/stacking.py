"""How many models are trained at once."""

from __future__ import annotations

from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import Device
from benchsuite.lm.weights import size

_SHARE = 0.8
"""Of free memory, for what the estimate leaves out."""


def members_at_once(config: ModelConfig, batch: int, device: Device) -> int:
    """Return how many models of a shape fit the free memory of an accelerator, at least one.

    On a CPU it is one: there, models side by side in processes are as fast as in a stack.
    """
    if device.kind == "cpu":
        return 1
    import torch

    free, _ = torch.cuda.mem_get_info()
    return max(1, int(_SHARE * free) // member_bytes(config, batch))


def member_bytes(config: ModelConfig, batch: int) -> int:
    """Estimate the memory of training one model, in bytes.

    A weight takes 20: in fp32 itself, two moments and its gradient, in bf16 a copy and its
    gradient. A token keeps, for the way back, in each layer about 10 widths and 4 inner widths,
    twice 2 bytes each where gradients stand beside them (Korthikanti et al. 2022,
    arXiv:2205.05198, section 4, less attention's scores, which a fused kernel does not keep).
    """
    tokens = batch * config.length
    kept = config.layers * (10 * config.width + 4 * config.feedforward) + 4 * config.width
    return 20 * size(config) + 4 * tokens * kept
