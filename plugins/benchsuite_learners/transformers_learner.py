"""Any causal language model of transformers, trained on from a checkpoint.

Windows, optimizer and schedule are those of the language-model core, which is faster where it
knows the architecture; all else is transformers'.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from benchsuite.api import (
    Context,
    Learner,
    Model,
    Parameters,
    Trained,
    TrainingJob,
    UserError,
)
from benchsuite.lm.config import TrainingConfig
from benchsuite_learners.transformers_base import Base, find

if TYPE_CHECKING:
    import pyarrow as pa

    from benchsuite.lm.device import Device


class TransformersParameters(Parameters):
    """Where training starts, and how it goes on."""

    base: str = Field(
        min_length=1,
        description="Checkpoint to start from: a local folder with config.json, tokenizer and "
        "*.safetensors, or an id on the hub (`owner/name`).",
    )
    revision: str | None = Field(
        None, description="Commit, tag or branch on the hub; the main branch without one."
    )
    length: int = Field(256, ge=2, description="Tokens of a training window and of the context.")
    epochs: int = Field(1, ge=1, description="Times that each token is trained on.")
    batch: int = Field(8, ge=1, description="Windows of an optimizer step.")
    micro_batch: int | None = Field(
        None, ge=1, description="Windows computed at a time, to save memory; all without it."
    )
    learning_rate: float = Field(5e-5, gt=0, description="Peak rate, after the warm-up.")


class Transformers(Learner[TransformersParameters]):
    """A causal language model of transformers, with the shape and tokenizer of a checkpoint.

    In regimes of `init: base` each model starts from the checkpoint that `base` names, in those
    of `init: scratch` from new weights. The token that ends a text stands between rows.
    """

    parameters_type = TransformersParameters
    tokenizes = True
    inits = frozenset({"scratch", "base", "previous"})

    def fingerprint(self) -> str:
        """Return what changes whenever the base does: its commit, or the digest of its files."""
        wanted = self.parameters
        return find(wanted.base, wanted.revision, refresh=True).fingerprint()

    def fit_tokenizer(self, rows: pa.Table, directory: Path, context: Context) -> None:
        """Copy the base's tokenizer; the rows teach it nothing. Raises `UserError`."""
        from benchsuite_learners.transformers_checkpoint import PretrainedTokenizer

        tokenizer = PretrainedTokenizer(self._base.folder)
        known = self._config.get_text_config().vocab_size
        if tokenizer.vocabulary > known:
            raise UserError(
                f"the tokenizer of learner.base {self._base.name} has {tokenizer.vocabulary} "
                f"tokens, and its model knows {known}; give a checkpoint where they fit."
            )
        tokenizer.save(directory)

    def tokenize(self, rows: pa.Table, tokenizer: Path) -> pa.Table:
        """Add `token_ids` and `tokens`, their number with the row's closing boundary."""
        from benchsuite_learners.text_rows import tokenized
        from benchsuite_learners.transformers_checkpoint import PretrainedTokenizer

        return tokenized(rows, PretrainedTokenizer(tokenizer))

    def train(self, job: TrainingJob, context: Context) -> Trained:
        """Train on the rows in order: their first `job.amount` tokens, or all of them."""
        from benchsuite_learners import transformers_checkpoint as checkpoint
        from benchsuite_learners.text_rows import stream, windows
        from benchsuite_learners.transformers_training import train

        assert job.tokenizer is not None, "a learner that tokenizes is given its tokenizer"
        wanted = self.parameters
        tokenizer = checkpoint.PretrainedTokenizer(job.tokenizer)
        tokens = stream(job.rows, tokenizer.boundary)
        if job.unit == "tokens":
            tokens = tokens[: job.amount + 1]
        network = self._start(job)
        seen = train(
            network,
            tokens,
            wanted.length,
            self._training(),
            wanted.micro_batch or wanted.batch,
            windows(job, tokens, wanted.length, wanted.epochs),
            job.seed,
            context.device,
            context.progress,
        )
        checkpoint.save(network, tokenizer.boundary, job.directory)
        tokenizer.save(job.directory)
        return Trained(seen, 6 * checkpoint.multiplying_weights(network) * seen)

    def _start(self, job: TrainingJob) -> Any:
        """Return the network that training starts from."""
        from benchsuite_learners import transformers_checkpoint as checkpoint

        if job.init == "scratch":
            return checkpoint.new(self._config, job.seed)
        return checkpoint.load(job.previous or self._base.folder)

    def open(self, directory: Path, device: Device) -> Model:
        """Open a checkpoint with its tokenizer."""
        from benchsuite_learners import transformers_checkpoint as checkpoint
        from benchsuite_learners.transformers_model import TransformersModel

        network = checkpoint.load(directory).to(device.kind)
        tokenizer = checkpoint.PretrainedTokenizer(directory)
        return TransformersModel(network, tokenizer, self.parameters.length)

    def open_base(self, device: Device) -> Model:
        """Open the base as it is. Raises `UserError`."""
        self._config  # noqa: B018 (refuses a context that is too long)
        return self.open(self._base.folder, device)

    def training_flops(self, amount: int) -> int:
        """Operations of training on so many tokens of rows, in all epochs: 6 N a token.

        N leaves out tables that are only looked up in; attention is left out too (Kaplan et al.,
        arXiv:2001.08361, section 2.1). Raises `UserError` for a base that cannot be trained.
        """
        from benchsuite_learners.transformers_checkpoint import multiplying_weights_of

        return 6 * multiplying_weights_of(self._config) * amount * self.parameters.epochs

    @cached_property
    def _base(self) -> Base:
        return find(self.parameters.base, self.parameters.revision)

    @cached_property
    def _config(self) -> Any:
        """The base's configuration. Raises `UserError` where its context is too short."""
        from benchsuite_learners.transformers_checkpoint import read_config

        config = read_config(self._base.folder)
        longest = getattr(config.get_text_config(), "max_position_embeddings", None)
        if longest is not None and self.parameters.length > longest:
            raise UserError(
                f"learner.length {self.parameters.length} exceeds the {longest} positions of "
                f"learner.base {self._base.name}; give at most {longest}."
            )
        return config

    def _training(self) -> TrainingConfig:
        p = self.parameters
        return TrainingConfig(epochs=p.epochs, batch=p.batch, learning_rate=p.learning_rate)
