"""Training of models of one shape, all at once, each as if it were alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchsuite.lm.checkpoint import Checkpoint
from benchsuite.lm.config import ModelConfig, TrainingConfig
from benchsuite.lm.device import Device
from benchsuite.lm.gradient import Gradient
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.optimizer import AdamW
from benchsuite.lm.weights import decayed, initial
from benchsuite.lm.windows import Windows

_LOOK_EVERY = 10
"""Steps between looks at the losses: an accelerator must come to a halt for them."""


class LossNotFinite(Exception):
    """The training loss became NaN or infinite."""


@dataclass(frozen=True)
class Member:
    """One model to train: on `stream` (token ids, a boundary around each row), from `seed`.

    `base` are the weights it starts from, new ones without. With `checkpoints`, a folder of
    its own, training that was interrupted goes on from the last checkpoint there. `windows`,
    where given, are read in all, in place of the configuration's epochs.
    """

    stream: np.ndarray
    seed: int
    base: LanguageModel | None = None
    checkpoints: Path | None = None
    windows: int | None = None


@dataclass(frozen=True)
class Trained:
    """A trained model, the tokens it was trained on and its loss (nats a token) by step."""

    model: LanguageModel
    tokens: int
    losses: list[float]


def train(
    stream: np.ndarray,
    model: ModelConfig,
    training: TrainingConfig,
    seed: int,
    device: Device,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Trained:
    """Train one model from scratch.

    `progress` gets tokens done and in all. Raises `LossNotFinite`, and `ValueError` for a stream
    shorter than one window.
    """
    (trained,) = train_all([Member(stream, seed)], model, training, device, progress)
    if isinstance(trained, LossNotFinite):
        raise trained
    return trained


def train_all(
    members: Sequence[Member],
    model: ModelConfig,
    training: TrainingConfig,
    device: Device,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Trained | LossNotFinite]:
    """Train models of one shape at once, each on its own stream, in its own order.

    Members with equally many steps, and equally many done before, make one stack. Each one's
    result is to rounding what it would be alone (bit for bit, in a stack of one). A member whose
    loss is no number any more leaves the stack; the others go on. `progress` gets the tokens
    done and in all, of all members. Raises `ValueError` for a stream shorter than one window.
    """
    runs = [_Running.start(i, member, model, training) for i, member in enumerate(members)]
    runs.sort(key=lambda run: (run.windows.count, run.done, run.index))
    total = sum(run.windows.tokens for run in runs)
    ended: dict[int, Trained | LossNotFinite] = {}
    before = 0
    for _, group in groupby(runs, key=lambda run: (run.windows.count, run.done)):
        together = list(group)
        for done in _Stack(together, model, training, device).run(ended):
            progress(before + done, total)
        before += sum(run.windows.tokens for run in together)
    return [ended[i] for i in range(len(members))]


@dataclass
class _Running:
    """A member under way: its windows, and how far it was when it was last interrupted."""

    index: int
    member: Member
    windows: Windows
    found: Checkpoint | None
    losses: list[float] = field(default_factory=list)

    @classmethod
    def start(
        cls, index: int, member: Member, model: ModelConfig, training: TrainingConfig
    ) -> _Running:
        length = min(training.length or model.length, model.length)
        wanted = (training.epochs, training.batch, member.seed, member.windows)
        windows = Windows(member.stream, length, *wanted)
        found = Checkpoint.load(member.checkpoints) if member.checkpoints else None
        return cls(index, member, windows, found, found.losses if found else [])

    @property
    def done(self) -> int:
        """Steps done before."""
        return len(self.losses)

    def weights(self, model: ModelConfig) -> Tensor:
        if self.found:
            return self.found.weights
        if self.member.base:
            return self.member.base.weights
        return initial(model, [self.member.seed])


class _Stack:
    """Members trained in step with one another."""

    def __init__(
        self,
        running: list[_Running],
        model: ModelConfig,
        training: TrainingConfig,
        device: Device,
    ) -> None:
        self._running, self._device = running, device
        weights = torch.cat([run.weights(model) for run in running]).to(device.kind)
        self._model = LanguageModel(model, weights)
        self._optimizer = AdamW.start(training, decayed(model), weights)
        found = [run.found for run in running if run.found]
        if found:
            self._optimizer.first = torch.cat([f.first for f in found]).to(device.kind)
            self._optimizer.second = torch.cat([f.second for f in found]).to(device.kind)
        self._gradient = Gradient(model, device)
        self._unread: list[Tensor] = []

    def run(self, ended: dict[int, Trained | LossNotFinite]) -> Iterator[int]:
        """Train to the end, noting how each member ended; yields tokens done by all."""
        windows = self._running[0].windows
        steps, members = windows.steps, len(self._running)
        try:
            for step in range(self._running[0].done, steps):
                self._step(step, steps)
                if step % _LOOK_EVERY == 0 or step + 1 == steps:
                    self._read_losses(steps, ended)
                    if not self._running:
                        break
                    self._checkpoint(step + 1, steps)
                    yield round((step + 1) / steps * windows.tokens) * members
        finally:
            self._gradient.close()
        self._finish(steps, ended)

    def _step(self, step: int, steps: int) -> None:
        read = np.stack([run.windows.batch(step) for run in self._running])
        batch = torch.from_numpy(read).to(self._device.kind, non_blocking=True)
        losses, grad = self._gradient(self._model, batch)
        self._optimizer.step(self._model.weights, grad, step, steps)
        self._unread.append(losses)

    def _read_losses(self, steps: int, ended: dict[int, Trained | LossNotFinite]) -> None:
        """Note the losses since the last look; members whose loss is no number end."""
        seen = torch.stack(self._unread).T.tolist() if self._unread else []
        self._unread = []
        for run, losses in zip(self._running, seen, strict=False):
            run.losses.extend(losses)
        alive = []
        for place, run in enumerate(self._running):
            wrong = next((i for i, loss in enumerate(run.losses) if not np.isfinite(loss)), None)
            if wrong is None:
                alive.append(place)
            else:
                ended[run.index] = LossNotFinite(
                    f"the loss became {run.losses[wrong]} at optimizer step {wrong + 1} of {steps}"
                )
        self._keep(alive)

    def _keep(self, places: list[int]) -> None:
        if len(places) < len(self._running):
            kept = torch.tensor(places, dtype=torch.int64, device=self._model.weights.device)
            self._model = LanguageModel(self._model.config, self._model.weights[kept])
            self._optimizer.keep(kept)
            self._running = [self._running[place] for place in places]

    def _checkpoint(self, done: int, steps: int) -> None:
        """Write the checkpoints that are due; none after the last step."""
        if done == steps:
            return
        for place, run in enumerate(self._running):
            if run.member.checkpoints:
                row = slice(place, place + 1)
                Checkpoint(
                    self._model.weights[row],
                    self._optimizer.first[row],
                    self._optimizer.second[row],
                    run.losses,
                ).save_if_due(run.member.checkpoints)

    def _finish(self, steps: int, ended: dict[int, Trained | LossNotFinite]) -> None:
        for place, run in enumerate(self._running):
            model = self._model.member(place)
            if bool(model.weights.isfinite().all()):
                ended[run.index] = Trained(model, run.windows.tokens, run.losses)
            else:
                ended[run.index] = LossNotFinite(
                    f"the weights became infinite at the last of {steps} optimizer steps"
                )
