"""Grids: several models at once beside transformers' Trainer, which trains them in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

from benchsuite.bench import ours
from benchsuite.bench.job import Job
from benchsuite.bench.machine import as_in_runs, timed
from benchsuite.bench.peers import trainer
from benchsuite.bench.rounds import OURS, Comparison, Contender, Measured, Tried, alternate
from benchsuite.bench.setup import Setup
from benchsuite.bench.shapes import TRAINING
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import Device, Precision

DEFAULT_MODELS = {"cpu": 4, "cuda": 24}


def compare(shape: str, config: ModelConfig, setup: Setup) -> list[Comparison]:
    """Time the training of `setup.models` models of one shape, each with a seed of its own."""
    about = f"grid {shape}"
    job = Job.of(config, setup, {})
    trial = job.shortened(setup.effort.trial_steps)
    job = job.shortened(max(job.steps // 2, trial.steps))
    tried: dict[str, Tried] = {}
    precision, tried[OURS] = ours.fastest(trial, setup.say, about)
    peer = None
    if setup.peers:
        peer, tried[trainer.EAGER] = trainer.fastest(trainer.PLAIN, trial, setup.say, about)
    with workers(setup) as pool:
        contenders = [_ours(job, precision, setup.models, pool)]
        contenders += [_in_turn(job, peer, setup.models)] if peer else []
        rounds = alternate(contenders, setup.rounds, setup.say, about)
    return [
        Comparison(
            part="grid",
            shape=shape,
            case=f"{setup.models} models, {job.steps} steps each",
            unit="tokens/s",
            rounds=rounds,
            settings={c.name: c.setting for c in contenders},
            tried=tried,
            facts={"models": setup.models},
        )
    ]


@contextmanager
def workers(setup: Setup) -> Iterator[Executor]:
    """Keep processes for models side by side: one a core, as `benchsuite run` does on a CPU."""
    size = min(setup.threads, setup.models)
    with ProcessPoolExecutor(size, mp_context=get_context("spawn")) as pool:
        yield pool


def train_together(
    job: Job, precision: Precision, seeds: Sequence[int], pool: Executor
) -> Measured:
    """Train a model for each seed: on a CPU side by side, on an accelerator as one stack."""
    work = partial(_train_stack if job.device == "cuda" else _side_by_side, job, precision, seeds)
    return Measured(*timed(job.device, lambda: work(pool)))


def _side_by_side(job: Job, precision: Precision, seeds: Sequence[int], pool: Executor) -> int:
    return sum(pool.map(partial(_train_one, job, precision), seeds))


def _train_stack(job: Job, precision: Precision, seeds: Sequence[int], _pool: Executor) -> int:
    from benchsuite.lm.train import LossNotFinite, Member, train_all

    members = [Member(job.stream, seed) for seed in seeds]
    with as_in_runs():
        trained = train_all(members, job.config, TRAINING, Device(job.device, precision))
    return sum(0 if isinstance(one, LossNotFinite) else one.tokens for one in trained)


def _train_one(job: Job, precision: Precision, seed: int) -> int:
    """Train a model on one thread, in a process of the pool; return its number of tokens."""
    from benchsuite.lm.device import keep_freed_memory
    from benchsuite.lm.train import train

    keep_freed_memory()
    with as_in_runs():
        return train(job.stream, job.config, TRAINING, seed, Device(job.device, precision)).tokens


def _ours(job: Job, precision: Precision, models: int, pool: Executor) -> Contender:
    def run(number: int) -> Measured:
        seeds = range(number * models, (number + 1) * models)
        return train_together(job, precision, seeds, pool)

    # Starting processes and importing torch is no part of the rounds.
    train_together(job.shortened(2), precision, range(2 * models), pool)
    how = "one stack" if job.device == "cuda" else "side by side"
    return Contender(OURS, f"{precision}, {how}", run)


def _in_turn(job: Job, setting: trainer.Setting, models: int) -> Contender:
    """Return the Trainer training one model after the other on all cores.

    Only its steady part counts, as in the part `train`; of ours everything does.
    """

    def run(number: int) -> Measured:
        each = [trainer.run(job, setting, number * models + i) for i in range(models)]
        return Measured(sum(m.amount for m in each), sum(m.seconds for m in each))

    return Contender(trainer.EAGER, f"{setting}, in turn", run)
