"""The peers: asked for when missing, given the same work, and leaving nothing behind."""

import importlib.util
import os
from dataclasses import replace

import numpy as np
import pytest
import torch
from bench_setups import TINY, setup

from benchsuite.bench import peers
from benchsuite.bench.job import Job
from benchsuite.bench.peers import trainer
from benchsuite.errors import UserError
from benchsuite.lm.weights import size


@pytest.mark.parametrize(
    ("parts", "missing", "said"),
    [
        (["train"], {"accelerate"}, "accelerate is not installed"),
        (["score", "grid"], {"accelerate", "lm_eval"}, "lm_eval and accelerate are not installed"),
    ],
)
def test_missing_packages_are_named_with_the_extra(monkeypatch, parts, missing, said):
    monkeypatch.setattr(peers, "find_spec", lambda name: None if name in missing else object())
    with pytest.raises(UserError, match=said) as failure:
        peers.require(parts)
    assert "benchsuite[peers]" in str(failure.value)
    peers.require(["sample"])


def test_the_trainer_gets_our_shape_and_our_law_of_initial_weights():
    config = replace(TINY, width=64, layers=2, feedforward=128)
    model = trainer.new_model(config, "sdpa", seed=0)
    weights = dict(model.named_parameters())
    assert sum(w.numel() for w in weights.values()) == size(config)
    deviation = 0.55 / 8
    for name, residual in (("q_proj", 1), ("o_proj", 0.5)):
        found = weights[f"model.layers.1.self_attn.{name}.weight"].std().item()
        assert found == pytest.approx(deviation * residual, rel=0.05), name
    down = weights["model.layers.0.mlp.down_proj.weight"].std().item()
    assert down == pytest.approx(deviation / 2, rel=0.05)


def test_every_token_of_the_stream_is_a_target_once():
    job = Job.of(TINY, setup(), {})
    examples = trainer._examples(job)
    assert len(examples) == job.steps * 32
    read = torch.cat([example["input_ids"] for example in examples]).numpy()
    wanted = torch.cat([example["shift_labels"] for example in examples]).numpy()
    assert np.array_equal(read, job.stream[:-1])
    assert np.array_equal(wanted, job.stream[1:])


def test_environment_variables_are_put_back(monkeypatch):
    monkeypatch.setenv("BENCH_KEPT", "before")
    monkeypatch.delenv("ACCELERATE_DYNAMO_BACKEND", raising=False)
    with trainer._kept_environment():
        os.environ["ACCELERATE_DYNAMO_BACKEND"] = "inductor"
        os.environ["BENCH_KEPT"] = "after"
    assert "ACCELERATE_DYNAMO_BACKEND" not in os.environ
    assert os.environ["BENCH_KEPT"] == "before"


@pytest.mark.skipif(importlib.util.find_spec("accelerate") is None, reason="needs accelerate")
@pytest.mark.parametrize("setting", trainer.PLAIN, ids=str)
def test_the_trainer_takes_all_steps_and_counts_those_after_the_warm_up(setting):
    job = Job.of(TINY, setup(), {})
    measured = trainer.run(job, setting, seed=0)
    assert measured.amount == (job.steps - 3) * 32 * TINY.length
    assert measured.seconds > 0
