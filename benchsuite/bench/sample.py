"""Sampling: tokens a second beside transformers' `generate`."""

from __future__ import annotations

import tempfile
from itertools import product
from pathlib import Path

import numpy as np

from benchsuite.bench import ours
from benchsuite.bench.job import Job
from benchsuite.bench.machine import as_in_runs, timed
from benchsuite.bench.peers import generate
from benchsuite.bench.rounds import OURS, Comparison, Contender, Measured, Tried, alternate, try_all
from benchsuite.bench.setup import Setup
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.device import Device

CASES = {
    "temperature 1": Decoding(),
    "top-k 50": Decoding(top_k=50),
    "top-p 0.9": Decoding(top_p=0.9),
}
_NEVER = -1
"""A token that is not drawn: every row is written to the end of the context, on both sides."""


def compare(shape: str, config: ModelConfig, setup: Setup) -> list[Comparison]:
    """Time the writing of full rows from the boundary, by one checkpoint of one shape."""
    about = f"sample {shape}"
    setup.say(f"{about}: training a model to sample from")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours.checkpoint(Job.of(config, setup, {}), folder)
        setting, tried = _best_peer(folder, config, setup, about) if setup.peers else (None, {})
        compared = []
        for case, decoding in CASES.items():
            contenders = [_ours(folder, config, decoding, setup)]
            if setting:
                contenders.append(generate.contender(folder, config, decoding, setting, setup))
            where = f"{about}, {case}"
            compared.append(
                Comparison(
                    part="sample",
                    shape=shape,
                    case=case,
                    unit="tokens/s",
                    rounds=alternate(contenders, setup.rounds, setup.say, where),
                    settings={c.name: c.setting for c in contenders},
                    tried=tried,
                    facts={"rows": setup.effort.rows, "tokens a row": config.length},
                )
            )
    return compared


def _ours(folder: Path, config: ModelConfig, decoding: Decoding, setup: Setup) -> Contender:
    from benchsuite.lm import huggingface
    from benchsuite.lm.sample import sample

    model = huggingface.load(folder).to(setup.device)
    device = Device(setup.device, "fp32", setup.threads)
    prompts = [np.array([ours.BOUNDARY])] * setup.effort.rows

    def run(seed: int) -> Measured:
        with as_in_runs():
            rows, seconds = timed(
                setup.device, lambda: sample(model, prompts, _NEVER, decoding, seed, device)
            )
        written = sum(len(row) for row in rows)
        assert written == setup.effort.rows * config.length
        return Measured(written, seconds)

    run(0)  # what is set up once is no part of the rounds, here and at the peer
    return Contender(OURS, "fp32", run)


def _best_peer(
    folder: Path, config: ModelConfig, setup: Setup, about: str
) -> tuple[generate.Setting | None, dict[str, Tried]]:
    """Return the fastest setting of `generate`: first the batch, then all else at that batch."""
    batches = [generate.Setting(batch) for batch in setup.effort.batches]
    at_best, tried = _fastest(batches, folder, config, setup, about)
    if at_best is None:
        return None, {generate.NAME: tried}
    kinds = product(generate.ATTENTIONS, generate.PRECISIONS, generate.CACHES)
    settings = [generate.Setting(at_best.batch, *kind) for kind in kinds]
    best, more = _fastest(settings, folder, config, setup, about)
    return best, {generate.NAME: tried | more}


def _fastest(
    settings: list[generate.Setting], folder: Path, config: ModelConfig, setup: Setup, about: str
) -> tuple[generate.Setting | None, Tried]:
    candidates = [
        generate.contender(folder, config, Decoding(), setting, setup, batches=1)
        for setting in settings
    ]
    best, tried = try_all(candidates, setup.say, about)
    return next((s for s in settings if best and str(s) == best.setting), None), tried
