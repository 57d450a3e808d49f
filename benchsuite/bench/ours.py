"""Our side of the comparisons: the language-model core as `benchsuite run` uses it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchsuite.bench.job import Job, opened
from benchsuite.bench.machine import as_in_runs
from benchsuite.bench.rounds import OURS, Contender, Measured, Say, Tried, try_all
from benchsuite.bench.shapes import PRECISIONS, TRAINING
from benchsuite.lm.device import Device, Precision

if TYPE_CHECKING:
    from transformers import PreTrainedModel

BOUNDARY = 0


def trainer(job: Job, precision: Precision, *, deterministic: bool = True) -> Contender:
    """Return our training at a precision. Its first step is warm-up."""

    def run(seed: int) -> Measured:
        from benchsuite.lm import huggingface
        from benchsuite.lm.train import train

        device = Device(job.device, precision, job.threads)
        with as_in_runs(deterministic=deterministic), tempfile.TemporaryDirectory() as folder:
            clock = job.clock(warm_up=1)
            trained = train(job.stream, job.config, TRAINING, seed, device, clock)

            def open_trained() -> PreTrainedModel:
                huggingface.save(trained.model, BOUNDARY, Path(folder))
                return opened(Path(folder))

            return job.measured(clock, precision, open_trained)

    return Contender(OURS, precision, run)


def fastest(job: Job, say: Say, about: str) -> tuple[Precision, Tried]:
    """Return the precision that we train fastest in, and the rates of both."""
    best, tried = try_all([trainer(job, p) for p in PRECISIONS], say, about)
    assert best is not None, tried
    return next(p for p in PRECISIONS if p == best.setting), tried


def checkpoint(job: Job, folder: Path) -> None:
    """Train a model and write it, in the Hugging Face layout, for both sides to open."""
    from benchsuite.lm import huggingface
    from benchsuite.lm.train import train

    with as_in_runs():
        device = Device(job.device, "fp32", job.threads)
        trained = train(job.stream, job.config, TRAINING, 0, device)
        huggingface.save(trained.model, BOUNDARY, folder)
