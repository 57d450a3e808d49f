"""Small causal language models, trained by the language-model core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from pydantic import Field, model_validator

from benchsuite.api import (
    Context,
    Learner,
    Model,
    Parameters,
    Trained,
    TrainingFailed,
    TrainingJob,
    UserError,
)
from benchsuite.lm.config import ModelConfig, TrainingConfig
from benchsuite_learners.text_rows import tokenized, windows, write_stream

if TYPE_CHECKING:
    from benchsuite.lm.device import Device
    from benchsuite.lm.model import LanguageModel
    from benchsuite.lm.tokenizer import TextTokenizer
    from benchsuite.lm.train import Member
    from benchsuite_learners.transformers_base import Base

_SHAPE = {"vocabulary", "width", "layers", "heads", "feedforward"}
"""Parameters that a base checkpoint fixes."""


class LlamaParameters(Parameters):
    """Shape and training of the model; `length` and `batch` count tokens and sequences.

    `base`, a checkpoint of the Llama or GPT-2 kind (a local folder, or an id on the hub at
    `revision`), fixes shape and tokenizer. Regimes of `init: base` start from its weights,
    those of `init: scratch` from new ones.
    """

    vocabulary: int = Field(default=2048, ge=257)
    width: int = Field(default=80, ge=2)
    layers: int = Field(default=2, ge=1)
    heads: int = Field(default=4, ge=1)
    feedforward: int = Field(default=216, ge=1)
    length: int = Field(default=128, ge=2)
    epochs: int = Field(default=1, ge=1)
    batch: int = Field(default=4, ge=1)
    learning_rate: float = Field(default=4e-3, gt=0)
    base: str | None = Field(default=None, min_length=1)
    revision: str | None = None

    @model_validator(mode="after")
    def _heads_divide_the_width(self) -> LlamaParameters:
        if self.width % (2 * self.heads):
            raise ValueError(f"width {self.width} must be a multiple of twice heads {self.heads}")
        return self

    @model_validator(mode="after")
    def _base_fixes_the_shape(self) -> LlamaParameters:
        if self.base is None and self.revision is not None:
            raise ValueError("revision belongs to a base on the hub, and there is no base")
        told = {name: getattr(self, name) for name in _SHAPE}
        usual = {name: type(self).model_fields[name].default for name in _SHAPE}
        if self.base is not None and told != usual:
            raise ValueError(f"base fixes the shape; leave out {', '.join(sorted(_SHAPE))}")
        return self


class Llama(Learner[LlamaParameters]):
    """A Llama-architecture causal language model with a byte-level BPE tokenizer.

    Or, from a base checkpoint, a model of the Llama or GPT-2 kind with its tokenizer.
    Checkpoints are in the Hugging Face layout, tokenizer included.
    """

    parameters_type = LlamaParameters
    tokenizes = True

    @property
    def inits(self) -> frozenset[str]:
        """New weights, a model that it trained, and the base where there is one."""
        return frozenset({"scratch", "previous"} | ({"base"} if self.parameters.base else set()))

    def fingerprint(self) -> str:
        """Return what changes whenever the base does."""
        return self._base(refresh=True).fingerprint() if self.parameters.base else ""

    def fit_tokenizer(self, rows: pa.Table, directory: Path, context: Context) -> None:
        """Train the tokenizer on the rows' texts, or copy the base's."""
        from benchsuite.lm.tokenizer import TextTokenizer

        if self.parameters.base:
            self._base_tokenizer.save(directory)
        else:
            texts = rows["text"].to_pylist()
            TextTokenizer.train(texts, self.parameters.vocabulary).save(directory)

    def tokenize(self, rows: pa.Table, tokenizer: Path) -> pa.Table:
        """Add `token_ids` and `tokens`, their number with the row's closing boundary."""
        from benchsuite.lm.tokenizer import TextTokenizer

        return tokenized(rows, TextTokenizer.load(tokenizer))

    def train(self, job: TrainingJob, context: Context) -> Trained:
        """Train on the rows in order: their first `job.amount` tokens, or all of them."""
        (trained,) = self.train_all([job], context)
        if isinstance(trained, TrainingFailed):
            raise trained
        return trained

    def train_all(
        self, jobs: Sequence[TrainingJob], context: Context
    ) -> Iterator[Trained | TrainingFailed]:
        """Train models at once, as many as memory holds."""
        from benchsuite.lm.stacking import members_at_once
        from benchsuite.lm.tokenizer import TextTokenizer

        assert jobs[0].tokenizer is not None, "a learner that tokenizes is given its tokenizer"
        tokenizer = TextTokenizer.load(jobs[0].tokenizer)
        shape = self._shape(tokenizer.vocabulary)
        count = members_at_once(shape, self._training.batch, context.device)
        for start in range(0, len(jobs), count):
            yield from self._train_stack(jobs[start : start + count], shape, tokenizer, context)

    def _train_stack(
        self,
        jobs: Sequence[TrainingJob],
        shape: ModelConfig,
        tokenizer: TextTokenizer,
        context: Context,
    ) -> Iterator[Trained | TrainingFailed]:
        from benchsuite.lm import huggingface, train
        from benchsuite.lm.flops import training_flops

        members = [self._member(job, tokenizer, shape) for job in jobs]
        try:
            ended = train.train_all(
                members, shape, self._training, context.device, context.progress
            )
        except ValueError as failure:
            for _ in jobs:
                yield TrainingFailed(f"{failure}; raise the budget or lower learner.length")
            return
        for job, trained in zip(jobs, ended, strict=True):
            if isinstance(trained, train.LossNotFinite):
                yield TrainingFailed(f"{trained}; try a lower learner.learning_rate")
            else:
                huggingface.save(trained.model, tokenizer.boundary, job.directory)
                tokenizer.save(job.directory)
                yield Trained(trained.tokens, training_flops(shape, trained.tokens))

    def _member(self, job: TrainingJob, tokenizer: TextTokenizer, shape: ModelConfig) -> Member:
        """Write the job's tokens to a file that training maps into memory."""
        from benchsuite.lm.train import Member
        from benchsuite.lm.windows import read_tokens

        path = job.scratch / "tokens.bin"
        write_stream(job.rows, tokenizer.boundary, path, shape.vocabulary)
        stream = read_tokens(path, shape.vocabulary)
        if job.unit == "tokens":
            stream = stream[: job.amount + 1]
        length = min(self.parameters.length, shape.length)
        count = windows(job, stream, length, self.parameters.epochs)
        return Member(stream, job.seed, self._start(job), job.scratch, count)

    def _start(self, job: TrainingJob) -> LanguageModel | None:
        """Return the weights that training starts from, where they are not new."""
        from benchsuite.lm import huggingface

        if job.previous is not None:
            return huggingface.load(job.previous)
        return self._base_model if job.init == "base" else None

    def open(self, directory: Path, device: Device) -> Model:
        """Open a checkpoint with its tokenizer."""
        from benchsuite.lm import huggingface
        from benchsuite.lm.tokenizer import TextTokenizer
        from benchsuite_learners.llama_model import LlamaModel

        model = huggingface.load(directory).to(device.kind)
        return LlamaModel(model, TextTokenizer.load(directory, device.threads))

    def open_base(self, device: Device) -> Model:
        """Open the base as it is."""
        from benchsuite_learners.llama_model import LlamaModel

        if not self.parameters.base:
            return super().open_base(device)
        return LlamaModel(self._base_model.to(device.kind), self._base_tokenizer)

    def training_flops(self, amount: int) -> int:
        """Operations of training on so many tokens of rows, in all epochs."""
        from benchsuite.lm.flops import training_flops

        shape = self._shape(self.parameters.vocabulary)
        return training_flops(shape, amount * self.parameters.epochs)

    def _base(self, *, refresh: bool = False) -> Base:
        from benchsuite_learners.transformers_base import find

        assert self.parameters.base, "asked for only where there is one"
        return find(self.parameters.base, self.parameters.revision, refresh=refresh)

    @cached_property
    def _base_model(self) -> LanguageModel:
        from benchsuite.lm import huggingface

        base = self._base()
        try:
            return huggingface.load(base.folder)
        except huggingface.Unsupported as failure:
            raise UserError(f"learner.base {base.name} cannot be opened: {failure}.") from failure

    @cached_property
    def _base_tokenizer(self) -> TextTokenizer:
        from benchsuite.lm.tokenizer import TextTokenizer

        base = self._base()
        try:
            tokenizer = TextTokenizer.load(base.folder)
        except (OSError, ValueError) as failure:
            raise UserError(
                f"learner.base {base.name} has no fast tokenizer that can be used ({failure}); "
                "save one with it, or use learners/transformers."
            ) from failure
        known = self._shape(0).vocabulary
        if tokenizer.vocabulary > known:
            raise UserError(
                f"the tokenizer of learner.base {base.name} has {tokenizer.vocabulary} tokens, "
                f"and its model knows {known}; give a checkpoint where they fit."
            )
        return tokenizer

    def _shape(self, vocabulary: int) -> ModelConfig:
        p = self.parameters
        if not p.base:
            return ModelConfig(vocabulary, p.width, p.layers, p.heads, p.feedforward, p.length)
        from benchsuite.lm import huggingface

        base = self._base()
        try:
            return huggingface.read_config(base.folder)
        except huggingface.Unsupported as failure:
            raise UserError(
                f"learner.base {base.name} cannot be trained by learners/llama: {failure}; "
                "use learners/transformers."
            ) from failure

    @property
    def _training(self) -> TrainingConfig:
        p = self.parameters
        return TrainingConfig(p.epochs, p.batch, p.learning_rate, length=p.length)
