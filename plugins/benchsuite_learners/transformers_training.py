"""Training of a network of transformers on one stream of tokens."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from benchsuite.api import Device, TrainingFailed
from benchsuite.lm.optimizer import rate
from benchsuite.lm.windows import Windows

if TYPE_CHECKING:
    from benchsuite.lm.config import TrainingConfig


def train(
    network: Any,
    stream: np.ndarray,
    length: int,
    training: TrainingConfig,
    micro_batch: int,
    count: int | None,
    seed: int,
    device: Device,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Train `network` in place on `stream` (token ids, a boundary around each row).

    Windows, optimizer and schedule are those of `benchsuite.lm.train`. `micro_batch` windows of
    a batch are computed at a time; `count` are read in all, without it the epochs' own number.
    Dropout is what the network's configuration says.

    Returns the number of tokens trained on, in all epochs. `progress` gets tokens done and in all.
    Raises `TrainingFailed` where the loss or the weights do not stay finite, and for a stream
    shorter than one window.
    """
    try:
        windows = Windows(stream, length, training.epochs, training.batch, seed, count)
    except ValueError as failure:
        raise TrainingFailed(f"{failure}; raise the budget or lower learner.length") from failure
    steps = windows.steps
    network.to(device.kind).train()
    optimizer = _optimizer(network, training)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: rate(s, steps, training))
    with _seeded(seed, device):
        for step in range(steps):
            batch = torch.from_numpy(windows.batch(step)).to(device.kind)
            loss = _step(network, optimizer, torch.split(batch, micro_batch), training.clip, device)
            schedule.step()
            if not math.isfinite(loss):
                raise _diverged(f"the loss became {loss}", step + 1, steps)
            done = min((step + 1) * training.batch, windows.count)
            progress(done * length, windows.tokens)
    if not all(bool(weights.isfinite().all()) for weights in network.parameters()):
        raise _diverged("the weights became infinite", steps, steps)
    return windows.tokens


@contextmanager
def _seeded(seed: int, device: Device) -> Iterator[None]:
    """Seed the random numbers that dropout draws; torch's own come back afterwards."""
    with torch.random.fork_rng([torch.cuda.current_device()] if device.kind == "cuda" else []):
        torch.manual_seed(seed)
        yield


def _diverged(what: str, step: int, steps: int) -> TrainingFailed:
    return TrainingFailed(
        f"{what} at optimizer step {step} of {steps}; try a lower learner.learning_rate"
    )


def _step(
    network: Any,
    optimizer: torch.optim.Optimizer,
    parts: tuple[Tensor, ...],
    clip: float,
    device: Device,
) -> float:
    """One optimizer step on windows `[rows, length + 1]` in parts; returns the loss before it."""
    targets = sum(part[:, 1:].numel() for part in parts)
    optimizer.zero_grad(set_to_none=True)
    total = 0.0
    for part in parts:
        with torch.autocast(device.kind, torch.bfloat16, enabled=device.precision == "bf16"):
            predicted = network(input_ids=part[:, :-1], use_cache=False).logits
        losses = F.cross_entropy(
            predicted.flatten(0, 1).float(), part[:, 1:].flatten(), reduction="sum"
        )
        loss = losses / targets
        loss.backward()  # type: ignore[no-untyped-call]
        total += loss.item()
    torch.nn.utils.clip_grad_norm_(network.parameters(), clip)
    optimizer.step()
    return total


def _optimizer(network: Any, training: TrainingConfig) -> torch.optim.Optimizer:
    """AdamW (arXiv:1711.05101) that decays matrices but neither norms nor biases."""
    matrices = [p for p in network.parameters() if p.dim() > 1]
    vectors = [p for p in network.parameters() if p.dim() <= 1]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": training.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=training.learning_rate,
        betas=(training.beta1, training.beta2),
        fused=True,
    )
