"""AdamW with clipping over stacked weights: each member as if it were alone."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim.adamw import adamw

from benchsuite.lm.config import TrainingConfig


@dataclass
class AdamW:
    """Moments `[members, numbers]` of weights of which the first `decayed` decay.

    arXiv:1711.05101; gradients are clipped to a norm (arXiv:1211.5063) for each member apart.
    """

    config: TrainingConfig
    decayed: int
    first: Tensor
    second: Tensor

    @classmethod
    def start(cls, config: TrainingConfig, decayed: int, weights: Tensor) -> AdamW:
        """Return an optimizer that has done no step."""
        return cls(config, decayed, torch.zeros_like(weights), torch.zeros_like(weights))

    def step(self, weights: Tensor, grad: Tensor, step: int, steps: int) -> None:
        """Do step number `step`, from 0, of `steps`: weights and gradient change in place."""
        config = self.config
        norm = torch.linalg.vector_norm(grad, dim=1, keepdim=True)
        grad.mul_((config.clip / (norm + 1e-6)).clamp_(max=1.0))
        done = torch.tensor(float(step), device=weights.device)
        for part, decay in (
            (slice(None, self.decayed), config.weight_decay),
            (slice(self.decayed, None), 0.0),
        ):
            adamw(
                list(weights[:, part]),
                list(grad[:, part]),
                list(self.first[:, part]),
                list(self.second[:, part]),
                [],
                [done.clone() for _ in weights],
                fused=True,
                amsgrad=False,
                beta1=config.beta1,
                beta2=config.beta2,
                lr=config.learning_rate * rate(step, steps, config),
                weight_decay=decay,
                eps=1e-8,
                maximize=False,
            )

    def keep(self, members: Tensor) -> None:
        """Drop all members but those at the given indices."""
        self.first, self.second = self.first[members], self.second[members]


def rate(step: int, steps: int, config: TrainingConfig) -> float:
    """Learning-rate factor: linear to 1 over the warm-up, then linear to `final_rate`."""
    warmup = max(1, round(config.warmup * steps))
    if step < warmup:
        return (step + 1) / warmup
    left = (steps - step) / max(1, steps - warmup)
    return config.final_rate + (1 - config.final_rate) * left
