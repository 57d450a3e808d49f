"""lm-eval's HFLM on a checkpoint of ours."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from benchsuite.bench.machine import as_peers_do, timed
from benchsuite.bench.rounds import Contender, Measured
from benchsuite.bench.setup import Setup

NAME = "lm-eval HFLM"
ATTENTIONS = ("sdpa", "eager")

_WARM_UP = 32
"""Sentences scored before the first timed run."""


class Setting(NamedTuple):
    """What a user of HFLM chooses. In fp32, as ours: the two are to choose alike."""

    batch: int
    attention: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"batch {self.batch}, fp32, {self.attention}"


def contender(
    folder: Path,
    sentences: Sequence[str],
    setting: Setting,
    setup: Setup,
    scores: dict[str, list[float]],
) -> Contender:
    """Return HFLM at a setting; it leaves its log-likelihoods in `scores`.

    `loglikelihood` with an empty context puts the boundary first, as ours does. None of
    lm-eval's caches is in its way: they belong to its evaluator.
    """
    requests = [_request(sentence) for sentence in sentences]

    @cache
    def opened() -> Any:
        logging.getLogger("lm_eval").setLevel(logging.ERROR)
        model = import_module("lm_eval.models.huggingface").HFLM(
            pretrained=str(folder),
            device=setup.device,
            dtype="float32",
            batch_size=setting.batch,
            attn_implementation=setting.attention,
        )
        model.loglikelihood(requests[:_WARM_UP], disable_tqdm=True)
        return model

    def run(_seed: int) -> Measured:
        with as_peers_do(setup.threads):
            model = opened()
            found, seconds = timed(
                setup.device, lambda: model.loglikelihood(requests, disable_tqdm=True)
            )
        scores[NAME] = [log_likelihood for log_likelihood, _greedy in found]
        return Measured(len(requests), seconds)

    return Contender(NAME, str(setting), run)


def _request(sentence: str) -> Any:
    return import_module("lm_eval.api.instance").Instance(
        request_type="loglikelihood", doc={}, arguments=("", sentence), idx=0
    )
