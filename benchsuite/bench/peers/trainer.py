"""transformers' Trainer on a Llama model of our shape."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchsuite.bench.clock import Clock
from benchsuite.bench.job import Job
from benchsuite.bench.machine import as_peers_do
from benchsuite.bench.rounds import Contender, Measured, Say, Tried, try_all
from benchsuite.bench.shapes import PRECISIONS, TRAINING
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import Precision

if TYPE_CHECKING:
    from transformers import PreTrainedModel, TrainerCallback, TrainingArguments

EAGER = "transformers Trainer"
COMPILED = "transformers Trainer, compiled"
ATTENTIONS = ("sdpa", "eager")

_WARM_UP = 3
"""Steps before counting starts: compiling, and what torch sets up as it goes."""


class Setting(NamedTuple):
    """What a user of the Trainer chooses."""

    precision: Precision
    attention: str
    compiled: bool

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.precision}, {self.attention}"


PLAIN = [
    Setting(precision, attention, compiled=False)
    for precision in PRECISIONS
    for attention in ATTENTIONS
]
"""All settings without compiling."""


def fastest(
    settings: Sequence[Setting], trial: Job, say: Say, about: str
) -> tuple[Setting | None, Tried]:
    """Return the fastest of settings, if any runs here, and the rates of all."""
    best, tried = try_all([contender(trial, setting) for setting in settings], say, about)
    return next((s for s in settings if best and str(s) == best.setting), None), tried


def contender(job: Job, setting: Setting) -> Contender:
    """Return the Trainer at a setting."""
    return Contender(
        COMPILED if setting.compiled else EAGER, str(setting), lambda seed: run(job, setting, seed)
    )


def run(job: Job, setting: Setting, seed: int) -> Measured:
    """Train once; the steps after the first three count."""
    import torch
    from transformers import PrinterCallback, Trainer

    with _kept_environment(), as_peers_do(job.threads), tempfile.TemporaryDirectory() as folder:
        # A compiled function keeps what it was compiled for, and gives up after eight kinds.
        torch.compiler.reset()
        model = new_model(job.config, setting.attention, seed)
        clock = job.clock(min(_WARM_UP, job.steps - 1))
        trainer = Trainer(
            model=model,
            args=_arguments(job, setting, seed, folder),
            train_dataset=_examples(job),
            callbacks=[_reporting(job, clock)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
        return job.measured(clock, setting.precision, lambda: model)


def new_model(config: ModelConfig, attention: str, seed: int) -> PreTrainedModel:
    """Return a model of our shape, its weights drawn by the same law as ours."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    model: PreTrainedModel = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=config.vocabulary,
            hidden_size=config.width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.heads,
            intermediate_size=config.feedforward,
            max_position_embeddings=config.length,
            initializer_range=0.55 / math.sqrt(config.width),
            tie_word_embeddings=True,
            use_cache=False,
            attn_implementation=attention,
        )
    )
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                weight.mul_(1 / math.sqrt(2 * config.layers))
    return model


def _arguments(job: Job, setting: Setting, seed: int, folder: str) -> TrainingArguments:
    """Return our recipe in the Trainer's terms, with everything off that takes time beside it."""
    from transformers import TrainingArguments

    arguments = TrainingArguments(
        output_dir=folder,
        per_device_train_batch_size=TRAINING.batch,
        max_steps=job.steps,
        learning_rate=TRAINING.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=TRAINING.warmup,
        weight_decay=TRAINING.weight_decay,
        adam_beta1=TRAINING.beta1,
        adam_beta2=TRAINING.beta2,
        max_grad_norm=TRAINING.clip,
        optim="adamw_torch_fused",
        bf16=setting.precision == "bf16",
        torch_compile=setting.compiled,
        use_cpu=job.device == "cpu",
        seed=seed,
        logging_strategy="no",
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        dataloader_num_workers=0,
        dataloader_pin_memory=job.device != "cpu",
        remove_unused_columns=False,
    )
    if arguments.n_gpu > 1:
        arguments._n_gpu = 1  # noqa: SLF001 (one accelerator, as ours; there is no public way)
    return arguments


def _examples(job: Job) -> list[dict[str, Any]]:
    """Return the windows as examples. Targets are shifted here, so that each token is one."""
    import torch

    length = job.config.length
    count = (len(job.stream) - 1) // length
    tokens = torch.from_numpy(job.stream.astype(np.int64))
    inputs = tokens[: count * length].view(count, length)
    targets = tokens[1 : count * length + 1].view(count, length)
    return [
        {"input_ids": read, "labels": next_, "shift_labels": next_}
        for read, next_ in zip(inputs, targets, strict=True)
    ]


def _reporting(job: Job, clock: Clock) -> TrainerCallback:
    """Return a callback that tells a clock of each step."""
    from transformers import TrainerCallback

    class Reporting(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
            clock(state.global_step * TRAINING.batch * job.config.length)

    return Reporting()


@contextmanager
def _kept_environment() -> Iterator[None]:
    """Put environment variables back: a compiled Trainer leaves one that compiles all later ones.

    (`ACCELERATE_DYNAMO_BACKEND`, transformers 5.)
    """
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
