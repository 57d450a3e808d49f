"""A training that both sides do, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchsuite.bench.clock import Clock
from benchsuite.bench.rounds import Measured
from benchsuite.bench.setup import Setup
from benchsuite.bench.shapes import TRAINING
from benchsuite.bench.source import markov_tokens
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import DeviceKind, Precision
from benchsuite.lm.flops import training_flops

if TYPE_CHECKING:
    from transformers import PreTrainedModel

LOSS = "held-out loss (nats)"
SHARE = "share of the peak"
UNTIL_FIRST = "seconds until the first report"
"""What is noted of a training."""

_HELD_OUT = 64
"""Windows that the final loss is measured on."""


@dataclass(frozen=True)
class Job:
    """Train `config` on `steps` batches of `stream`, on so many threads.

    `held_out` `[windows, length + 1]` comes from the same source. `peaks` are the machine's
    rates of matrix products (FLOP/s) by precision, where they have been measured.
    """

    config: ModelConfig
    steps: int
    stream: np.ndarray
    held_out: np.ndarray
    device: DeviceKind
    threads: int
    peaks: dict[Precision, float]

    @classmethod
    def of(cls, config: ModelConfig, setup: Setup, peaks: dict[Precision, float]) -> Job:
        """Return the training of a shape that a setup asks for."""
        steps = setup.effort.steps_of(config)
        aside = _HELD_OUT * (config.length + 1)
        tokens = markov_tokens(config.vocabulary, aside + steps * _a_step(config) + 1, seed=0)
        held_out = tokens[:aside].reshape(_HELD_OUT, config.length + 1)
        stream = tokens[aside:]
        return cls(config, steps, stream, held_out, setup.device, setup.threads, peaks)

    def shortened(self, steps: int) -> Job:
        """Return the first steps of it."""
        steps = min(steps, self.steps)
        return replace(self, steps=steps, stream=self.stream[: steps * _a_step(self.config) + 1])

    @property
    def tokens(self) -> int:
        """Number of targets."""
        return self.steps * _a_step(self.config)

    def clock(self, warm_up: int) -> Clock:
        """Return a clock that leaves the first `warm_up` steps out."""
        return Clock(self.device, warm_up * _a_step(self.config))

    def measured(
        self, clock: Clock, precision: Precision, open_trained: Callable[[], PreTrainedModel]
    ) -> Measured:
        """Return what a training came to: rate, loss on held-out windows, share of the peak."""
        tokens, seconds = clock.window()
        notes = {
            LOSS: held_out_loss(open_trained(), self.held_out),
            UNTIL_FIRST: clock.until_first,
        }
        if precision in self.peaks:
            rate = training_flops(self.config, tokens) / seconds
            notes[SHARE] = rate / self.peaks[precision]
        return Measured(tokens, seconds, notes)


def _a_step(config: ModelConfig) -> int:
    return TRAINING.batch * config.length


def held_out_loss(model: PreTrainedModel, windows: np.ndarray) -> float:
    """Return the mean next-token loss (nats) on windows `[n, length + 1]`, in fp32.

    By transformers for both sides, so that one yardstick measures them.
    """
    import torch
    import torch.nn.functional as F

    tokens = torch.from_numpy(windows.astype(np.int64)).to(model.device)
    with torch.inference_mode():
        logits = model.float().eval()(input_ids=tokens[:, :-1]).logits
        return float(F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten()))


def opened(folder: Path) -> PreTrainedModel:
    """Open a checkpoint with transformers."""
    from transformers import LlamaForCausalLM

    model: PreTrainedModel = LlamaForCausalLM.from_pretrained(folder)
    return model
