"""How a benchmark is run: on what, how often, with how much work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchsuite.bench.rounds import Say
from benchsuite.bench.shapes import TRAINING
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import DeviceKind
from benchsuite.lm.flops import training_flops


@dataclass(frozen=True)
class Effort:
    """How much work one timed run is.

    `train_flops` sets the number of optimizer steps of a shape, within `steps`; `trial_steps`
    are those of a setting while the best is looked for. `rows` are sampled, by peers in the
    best of `batches`. `paradigms` of minimal pairs, `pairs` of each, are scored. `peak_size`
    is the side of the matrices that the peak is measured with, `repeats` how often each size
    is timed for `--scaling`.
    """

    train_flops: float
    steps: tuple[int, int]
    trial_steps: int
    rows: int
    batches: tuple[int, ...]
    paradigms: int
    pairs: int
    peak_size: int
    repeats: int

    def steps_of(self, config: ModelConfig) -> int:
        """Return the number of optimizer steps of a timed training."""
        a_step = training_flops(config, TRAINING.batch * config.length)
        least, most = self.steps
        return max(least, min(most, round(self.train_flops / a_step)))


FULL = Effort(
    train_flops=8e11,
    steps=(10, 50),
    trial_steps=5,
    rows=1024,
    batches=(16, 32, 64, 128, 256),
    paradigms=10,
    pairs=600,
    peak_size=2048,
    repeats=3,
)
QUICK = Effort(
    train_flops=1e9,
    steps=(5, 8),
    trial_steps=4,
    rows=8,
    batches=(4, 8),
    paradigms=2,
    pairs=10,
    peak_size=256,
    repeats=1,
)
"""Work that shows that everything runs; its figures mean nothing."""


@dataclass(frozen=True)
class Setup:
    """One run of the benchmark.

    `threads` are the cores that either side may use, `models` the size of the grid, `data` the
    folder of standard data sets, if there is one. `say` is told what is being timed.
    """

    device: DeviceKind
    threads: int
    peers: bool
    rounds: int
    effort: Effort
    models: int
    data: Path | None
    say: Say
