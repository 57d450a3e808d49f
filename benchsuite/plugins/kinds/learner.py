"""Learners: what trains models on rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import pyarrow as pa

from benchsuite.plugins.kinds.base import ComponentBase, Context, P, Unit
from benchsuite.plugins.kinds.model import Model

if TYPE_CHECKING:
    from benchsuite.lm.device import Device


Init = Literal["scratch", "base", "previous"]
"""Where a generation's weights come from.

`scratch`: they are new. `base`: each generation starts from the learner's base checkpoint.
`previous`: each goes on from the generation before.
"""


@dataclass(frozen=True)
class TrainingJob:
    """One model to train, on exactly `amount` tokens (or rows) of `rows`, into `directory`.

    Training goes through as many of them in all as the learner's epochs over `effort` would;
    where that differs from `amount`, it passes over the rows less often.

    Weights come from where `init` says. `previous`, with that `init`, is the folder of the
    model to go on from. Optimizer and schedule begin anew.

    `scratch` is a folder of the learner's own that survives a kill of the process. It is given
    again, as it was left, when the same model is tried again, and is gone once the model is
    stored; so checkpoints of a long training belong there. What a kill in the middle of a write
    leaves in it, and what a damaged one does, is the learner's affair: write beside and rename,
    check what is read, and begin anew where it does not hold. The model must not depend on
    whether it was interrupted.
    """

    rows: pa.Table
    amount: int
    unit: Unit
    tokenizer: Path | None
    seed: int
    directory: Path
    scratch: Path
    effort: int
    init: Init = "scratch"
    previous: Path | None = None


@dataclass(frozen=True)
class Trained:
    """What training cost: tokens seen (all epochs) and floating-point operations."""

    tokens: int
    flops: int


class TrainingFailed(Exception):
    """A model could not be trained, for a reason the sentence gives; others go on."""


class Learner(ComponentBase[P]):
    """Trains models on rows and opens trained ones."""

    tokenizes: ClassVar[bool] = False
    """Whether `fit_tokenizer` and `tokenize` mean anything for this learner."""

    @property
    def inits(self) -> frozenset[str]:
        """Each `Init` that training can start from, with these parameters, or in the class."""
        return frozenset({"scratch"})

    def fit_tokenizer(self, rows: pa.Table, directory: Path, context: Context) -> None:
        """Learn a tokenizer from human training rows and write it into `directory`."""
        raise NotImplementedError

    def tokenize(self, rows: pa.Table, tokenizer: Path) -> pa.Table:
        """Return `rows` with `tokens` (int32, the row's end included) and what training reads."""
        raise NotImplementedError

    @abstractmethod
    def train(self, job: TrainingJob, context: Context) -> Trained:
        """Train one model. Raises `TrainingFailed`."""

    def train_all(
        self, jobs: Sequence[TrainingJob], context: Context
    ) -> Iterator[Trained | TrainingFailed]:
        """Train models of one shape, in the order of `jobs`; override to train them at once."""
        for job in jobs:
            try:
                yield self.train(job, context)
            except TrainingFailed as failure:
                yield failure

    @abstractmethod
    def open(self, directory: Path, device: Device) -> Model:
        """Open a model that `train` wrote. `directory` holds the tokenizer too."""

    def open_base(self, device: Device) -> Model:
        """Open the checkpoint that `init: base` starts from, as it is. Raises `UserError`.

        Asked for only where `inits` has `base`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no base to open")

    def training_flops(self, amount: int) -> int:  # noqa: ARG002 (for those who override it)
        """Return the floating-point operations of training on so many tokens of rows."""
        return 0
