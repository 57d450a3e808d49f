"""How our cost grows: with weights, tokens, generations and models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchsuite.bench import ours
from benchsuite.bench.grid import train_together, workers
from benchsuite.bench.job import Job
from benchsuite.bench.machine import as_in_runs, timed
from benchsuite.bench.setup import Setup
from benchsuite.bench.shapes import TRAINING
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.device import Device, Precision
from benchsuite.lm.weights import size

if TYPE_CHECKING:
    from benchsuite.lm.model import LanguageModel

_FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Of width and depth."""

_MULTIPLES = (1, 2, 4, 8)
"""Of tokens, generations and models."""


@dataclass(frozen=True)
class Law:
    """Seconds at each size, every time it was measured, and the exponent that fits them.

    seconds ∝ size^exponent, by least squares on the logarithms of sizes and median seconds;
    `error` is the exponent's standard error.
    """

    of: str
    sizes: list[float]
    seconds: list[list[float]]
    exponent: float
    error: float


def fit(of: str, sizes: Sequence[float], seconds: Sequence[Sequence[float]]) -> Law:
    """Fit the exponent of a cost: `seconds[i]` are the times of `sizes[i]`."""
    from scipy.stats import linregress

    medians = [float(np.median(times)) for times in seconds]
    line = linregress(np.log(sizes), np.log(medians))
    return Law(of, list(sizes), [list(t) for t in seconds], float(line.slope), float(line.stderr))


def laws(config: ModelConfig, setup: Setup) -> list[Law]:
    """Measure how the cost of training goes with each size, the others held fixed."""
    job = Job.of(config, setup, {}).shortened(setup.effort.trial_steps)
    precision, _ = ours.fastest(job, setup.say, "scaling")
    return [
        _of_weights(job, precision, setup),
        _of_tokens(job, precision, setup),
        _of_generations(job, precision, setup),
        _of_models(job, precision, setup),
    ]


def _measure(
    of: str, sizes: Sequence[float], work: Sequence[Callable[[], object]], setup: Setup
) -> Law:
    """Time each size in turn, over and over; the first pass is warm-up."""
    passes: list[list[float]] = []
    for number in range(setup.effort.repeats + 1):
        setup.say(f"scaling with {of}, pass {number} of {setup.effort.repeats}")
        with as_in_runs():
            passes.append([timed(setup.device, each)[1] for each in work])
    return fit(of, sizes, list(zip(*passes[1:], strict=True)))


def _train(job: Job, precision: Precision, seed: int = 0) -> LanguageModel:
    from benchsuite.lm.train import train

    device = Device(job.device, precision, job.threads)
    return train(job.stream, job.config, TRAINING, seed, device).model


def _of_weights(job: Job, precision: Precision, setup: Setup) -> Law:
    jobs = [replace(job, config=_resized(job.config, factor)) for factor in _FACTORS]
    sizes = [size(each.config) for each in jobs]
    return _measure("weights", sizes, [partial(_train, j, precision) for j in jobs], setup)


def _resized(config: ModelConfig, factor: float) -> ModelConfig:
    """Return a shape with width and depth times a factor; heads and feedforward stay even."""
    head = max(2, 2 * round(factor * config.head_width / 2))
    return replace(
        config,
        width=head * config.heads,
        layers=max(1, round(factor * config.layers)),
        feedforward=2 * round(factor * config.feedforward / 2),
    )


def _of_tokens(job: Job, precision: Precision, setup: Setup) -> Law:
    jobs = [_longer(job, times) for times in _MULTIPLES]
    sizes = [each.tokens for each in jobs]
    return _measure("tokens", sizes, [partial(_train, j, precision) for j in jobs], setup)


def _longer(job: Job, times: int) -> Job:
    stream = np.concatenate([*(job.stream[:-1] for _ in range(times)), job.stream[-1:]])
    return replace(job, steps=times * job.steps, stream=stream)


def _of_generations(job: Job, precision: Precision, setup: Setup) -> Law:
    """Each generation is trained, and writes the rows that the next is trained on."""
    work = [partial(_generations, job, precision, n, setup) for n in _MULTIPLES]
    return _measure("generations", _MULTIPLES, work, setup)


def _generations(job: Job, precision: Precision, count: int, setup: Setup) -> None:
    from benchsuite.lm.sample import sample

    device = Device(job.device, "fp32", job.threads)
    prompts = [np.array([ours.BOUNDARY])] * setup.effort.rows
    for generation in range(count):
        model = _train(job, precision, generation)
        written = sample(model, prompts, -1, Decoding(), generation, device)
        text = np.concatenate(written).astype(job.stream.dtype)
        job = replace(job, stream=np.resize(text, len(job.stream)))


def _of_models(job: Job, precision: Precision, setup: Setup) -> Law:
    with workers(replace(setup, models=max(_MULTIPLES))) as pool:
        train_together(job, precision, range(2 * setup.threads), pool)
        counts = [setup.threads * times for times in _MULTIPLES]
        work = [partial(train_together, job, precision, range(n), pool) for n in counts]
        return _measure("models", counts, work, setup)
