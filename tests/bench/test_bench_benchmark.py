"""The whole benchmark, on models of a few thousand weights."""

import importlib.util
import json
import os
from dataclasses import replace

import numpy as np
import pytest
import torch
from bench_setups import TINY, blimp, setup
from rich.console import Console

from benchsuite.bench import ours, train
from benchsuite.bench.benchmark import PARTS, run
from benchsuite.bench.job import LOSS, SHARE, Job, held_out_loss
from benchsuite.bench.peers import generate, hflm, trainer
from benchsuite.bench.report import document, tables
from benchsuite.bench.rounds import OURS
from benchsuite.bench.setup import QUICK

peers_installed = all(importlib.util.find_spec(name) for name in ("accelerate", "lm_eval"))
needs_peers = pytest.mark.skipif(not peers_installed, reason="needs the extra peers")


@pytest.fixture
def no_compiling(monkeypatch):
    """Compiling takes half a minute; here it fails, as it does without a compiler."""
    plain = trainer.run

    def run_or_fail(job, setting, seed):
        if setting.compiled:
            raise RuntimeError("no C++ compiler was found")
        return plain(job, setting, seed)

    monkeypatch.setattr(trainer, "run", run_or_fail)


def printed(results):
    console = Console(width=200)
    with console.capture() as captured:
        console.print(tables(results))
    return captured.get()


def test_ours_alone_and_its_document():
    results = run(["train", "sample"], {"tiny": TINY}, setup(rounds=2))
    found = document(results, setup(rounds=2), "benchsuite bench")
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["command"] == "benchsuite bench"
    assert found["environment"]["hardware"]["cores"] >= 1
    assert found["environment"]["packages"].keys() >= {"torch", "transformers"}
    training, *sampling = found["comparisons"]
    assert training["settings"].keys() == {OURS, train.NOT_DETERMINISTIC}
    assert [next(iter(each)) for each in training["rounds"]] == [OURS, train.NOT_DETERMINISTIC]
    rates = [each[OURS]["amount"] / each[OURS]["seconds"] for each in training["rounds"]]
    assert training["rates"][OURS]["median"] == pytest.approx(np.median(rates))
    assert [each["case"] for each in sampling] == ["temperature 1", "top-k 50", "top-p 0.9"]
    for each in sampling:
        assert each["rounds"][0][OURS]["amount"] == QUICK.rows * TINY.length
    assert "tiny" in printed(results)


def test_deterministic_mode_changes_the_time_alone():
    (found,) = train.compare("tiny", TINY, setup())
    (only,) = found.rounds
    assert only[OURS].notes[LOSS] == only[train.NOT_DETERMINISTIC].notes[LOSS]
    assert only[OURS].notes[SHARE] > 0


@needs_peers
@pytest.mark.usefixtures("no_compiling")
def test_every_part_beside_its_peer(tmp_path):
    environment = dict(os.environ)
    state = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    asked = setup(peers=True, data=blimp(tmp_path))
    results = run(list(PARTS), {"tiny": TINY}, asked)
    assert dict(os.environ) == environment
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == state
    peers = {
        c.part: [n for n in c.others if n != train.NOT_DETERMINISTIC] for c in results.comparisons
    }
    assert peers == {
        "train": [trainer.EAGER],
        "sample": [generate.NAME],
        "score": [hflm.NAME],
        "grid": [trainer.EAGER],
    }
    for each in results.comparisons:
        (only,) = each.rounds
        for name in each.others:
            assert each.ratio(name).median == only[OURS].rate / only[name].rate
    scoring = next(c for c in results.comparisons if c.part == "score")
    assert (scoring.facts["same choice"], scoring.facts["other choice"]) == (1, 0)
    assert scoring.facts["ties"] == 1
    assert scoring.facts["largest difference (nats)"] < 1e-3
    assert "did not run with bf16, " in printed(results)
    assert "no C++ compiler was found" in printed(results)


@needs_peers
def test_both_sides_learn_equally_well():
    """The recipe is the same: after as many steps, the losses differ by less than seeds do."""
    config = replace(TINY, vocabulary=64, width=32, length=32)
    effort = replace(QUICK, steps=(60, 60))
    job = Job.of(config, setup(effort=effort), {})
    mine = [ours.trainer(job, "fp32").run(seed).notes[LOSS] for seed in range(3)]
    theirs = [trainer.run(job, trainer.PLAIN[-1], seed).notes[LOSS] for seed in range(3)]
    untrained = held_out_loss(trainer.new_model(config, "eager", 0), job.held_out)
    assert max(*mine, *theirs) < untrained - 0.3
    assert np.mean(mine) == pytest.approx(np.mean(theirs), abs=0.02)
