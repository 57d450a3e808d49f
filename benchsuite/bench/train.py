"""Training: tokens a second beside transformers' Trainer, and what deterministic mode costs."""

from __future__ import annotations

from benchsuite.bench import ours
from benchsuite.bench.job import Job
from benchsuite.bench.machine import peak
from benchsuite.bench.peers import trainer
from benchsuite.bench.rounds import OURS, Comparison, Contender, Tried, alternate
from benchsuite.bench.setup import Setup
from benchsuite.bench.shapes import PRECISIONS
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.weights import size

NOT_DETERMINISTIC = "without deterministic mode"


def compare(shape: str, config: ModelConfig, setup: Setup) -> list[Comparison]:
    """Time trainings of one shape: the same tokens in batches of one size, by one recipe.

    Both sides first try their settings on a few steps; the rounds are between the fastest.
    """
    about = f"train {shape}"
    setup.say(f"{about}: the peak of matrix products")
    peaks = {p: peak(setup.device, p, setup.threads, setup.effort.peak_size) for p in PRECISIONS}
    job = Job.of(config, setup, peaks)
    trial = job.shortened(setup.effort.trial_steps)
    precision, rates = ours.fastest(trial, setup.say, about)
    tried: dict[str, Tried] = {OURS: rates}
    contenders = [ours.trainer(job, precision)]
    if setup.peers:
        best = _best_peers(trial, setup, about, tried)
        contenders += [trainer.contender(job, setting) for setting in best]
    loose = ours.trainer(job, precision, deterministic=False)
    contenders.append(Contender(NOT_DETERMINISTIC, loose.setting, loose.run))
    return [
        Comparison(
            part="train",
            shape=shape,
            case=f"{job.steps} steps of {job.tokens // job.steps:,} tokens",
            unit="tokens/s",
            rounds=alternate(contenders, setup.rounds, setup.say, about),
            settings={c.name: c.setting for c in contenders},
            tried=tried,
            facts={"peak FLOP/s": peaks, "parameters": size(config)},
        )
    ]


def _best_peers(
    trial: Job, setup: Setup, about: str, tried: dict[str, Tried]
) -> list[trainer.Setting]:
    """Return the Trainer's fastest setting as it comes, and its fastest compiled one.

    Compiling takes a while, so that it is tried with the attention that was faster without.
    """
    eager, tried[trainer.EAGER] = trainer.fastest(trainer.PLAIN, trial, setup.say, about)
    attention = eager.attention if eager else trainer.ATTENTIONS[0]
    settings = [trainer.Setting(p, attention, compiled=True) for p in PRECISIONS]
    compiled, tried[trainer.COMPILED] = trainer.fastest(settings, trial, setup.say, about)
    return [setting for setting in (eager, compiled) if setting]
