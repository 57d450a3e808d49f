"""Training by the learner `transformers`: against the core, and from seed to bytes."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from benchsuite_learners import transformers_training
from made_up_bases import CONTEXT, LENGTH, TEXTS, job, learner, table
from transformers import AutoModelForCausalLM

from benchsuite.api import Context, TrainingFailed
from benchsuite.lm.config import ModelConfig, TrainingConfig
from benchsuite.lm.device import Device
from benchsuite.lm.tokenizer import TextTokenizer


def test_training_lowers_the_loss(base, model):
    before = learner(base).open(base, CONTEXT.device).score(table(TEXTS), CONTEXT)
    after = model.score(table(TEXTS), CONTEXT)
    assert before.totals.sum() / before.lengths.sum() < -5  # log(300) = 5.7: it knew nothing
    assert after.totals.sum() / after.lengths.sum() > -2
    unseen = model.score(table(["zqj xkw vvv"]), CONTEXT)
    assert unseen.totals.sum() / unseen.lengths.sum() < -3


def test_it_trains_as_the_core_does(tmp_path):
    """The core's Llama, trained by both from the same weights on the same tokens."""
    from benchsuite.lm import huggingface
    from benchsuite.lm import train as lm_train

    shape = ModelConfig(vocabulary=300, width=16, layers=1, heads=2, feedforward=24, length=LENGTH)
    stream = np.random.default_rng(2).integers(300, size=20 * LENGTH + 5).astype(np.int32)

    def core(training, name):
        (tmp_path / name).mkdir()
        trained = lm_train.train(stream, shape, training, 4, CONTEXT.device)
        huggingface.save(trained.model, 0, tmp_path / name)
        return AutoModelForCausalLM.from_pretrained(tmp_path / name)

    training = TrainingConfig(epochs=3, batch=4, learning_rate=0.01)
    start = core(replace(training, learning_rate=1e-30), "start")
    expected = core(training, "end").state_dict()
    before = {name: weights.clone() for name, weights in start.state_dict().items()}
    seen = transformers_training.train(start, stream, LENGTH, training, 4, None, 4, CONTEXT.device)
    assert seen == 3 * 20 * LENGTH
    for name, weights in start.state_dict().items():
        moved = (expected[name] - before[name]).norm()
        assert (weights - expected[name]).norm() < 1e-3 * moved, name


def test_it_trains_on_exactly_the_amount_it_is_given(gpt2, tmp_path, monkeypatch):
    streams, original = [], transformers_training.train

    def spy(network, stream, *rest):
        streams.append(stream)
        return original(network, stream, *rest)

    monkeypatch.setattr(transformers_training, "train", spy)
    given = job(gpt2, tmp_path / "x", amount=101)
    made = learner(gpt2, epochs=2)
    done = made.train(given, CONTEXT)
    ids = TextTokenizer.load(gpt2).encode(TEXTS * 5)
    whole = [0, *(token for row in ids for token in (*row, 0))]
    assert streams[0].tolist() == whole[:102]
    assert done.tokens == 2 * 6 * LENGTH
    weights = sum(p.numel() for p in AutoModelForCausalLM.from_pretrained(gpt2).parameters())
    multiplying = weights - 32 * 32  # positions are looked up; tokens' table is the output too
    assert done.flops == 6 * multiplying * done.tokens
    assert made.training_flops(101) == 6 * multiplying * 202


def test_an_untied_table_of_tokens_is_not_counted(bases):
    network = AutoModelForCausalLM.from_pretrained(bases["llama"])
    weights = sum(p.numel() for p in network.parameters())
    assert learner(bases["llama"]).training_flops(1) == 6 * (weights - 300 * 32)
    opened = learner(bases["llama"]).open(bases["llama"], CONTEXT.device)
    assert opened.flops(7) == 2 * 7 * (weights - 300 * 32)


def test_a_budget_in_rows_trains_on_all_of_them(gpt2, tmp_path):
    given = job(gpt2, tmp_path / "x", 20, "rows", texts=TEXTS[:20])
    done = learner(gpt2).train(given, CONTEXT)
    assert 0 <= sum(given.rows["tokens"].to_pylist()) - done.tokens < LENGTH


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_seed_fixes_the_files(gpt2, tmp_path):
    found = []
    for name, seed in [("one", 1), ("again", 1), ("other", 2)]:
        torch.rand(seed)  # torch's own random numbers must not matter, though dropout draws them
        learner(gpt2).train(job(gpt2, tmp_path / name, seed=seed), CONTEXT)
        found.append(files(tmp_path / name))
    assert found[0] == found[1]
    assert found[0]["model.safetensors"] != found[2]["model.safetensors"]
    assert set(found[0]) == {
        *("config.json", "generation_config.json", "model.safetensors"),
        *("tokenizer.json", "tokenizer_config.json"),
    }


def test_training_leaves_torchs_random_numbers_alone(gpt2, tmp_path):
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    learner(gpt2).train(job(gpt2, tmp_path / "x"), CONTEXT)
    assert torch.equal(torch.rand(3), expected)


def test_micro_batches_give_the_gradient_of_the_batch(bases, tmp_path):
    weights = []
    for micro in (None, 3, 8):  # of 8; Llama has no dropout
        folder = tmp_path / str(micro)
        learner(bases["llama"], micro_batch=micro).train(job(bases["llama"], folder), CONTEXT)
        network = AutoModelForCausalLM.from_pretrained(folder)
        weights.append(torch.cat([p.detach().flatten() for p in network.parameters()]))
    start = AutoModelForCausalLM.from_pretrained(bases["llama"])
    moved = weights[0] - torch.cat([p.detach().flatten() for p in start.parameters()])
    assert torch.equal(weights[0], weights[2])
    assert 0 < (weights[0] - weights[1]).norm() < 0.01 * moved.norm()


def test_bf16_trains_weights_in_fp32(gpt2, tmp_path):
    context = Context(3, Device("cpu", "bf16"))
    made = learner(gpt2, epochs=4, learning_rate=0.01)
    made.train(job(gpt2, tmp_path / "x"), context)
    assert json.loads((tmp_path / "x" / "config.json").read_text())["dtype"] == "float32"
    scores = made.open(tmp_path / "x", context.device).score(table(TEXTS), context)
    assert scores.totals.sum() / scores.lengths.sum() > -3


def test_a_base_in_half_precision_is_trained_in_fp32(gpt2, broken, tmp_path):
    AutoModelForCausalLM.from_pretrained(gpt2, dtype=torch.bfloat16).save_pretrained(broken)
    learner(broken).train(job(broken, tmp_path / "x"), CONTEXT)
    network = AutoModelForCausalLM.from_pretrained(tmp_path / "x")
    assert {p.dtype for p in network.parameters()} == {torch.float32}


def test_a_training_that_blows_up_says_what_to_do(gpt2, tmp_path):
    with pytest.raises(TrainingFailed, match=r"became .* of 4; try a lower learner.learning_rate"):
        learner(gpt2, learning_rate=1e30).train(job(gpt2, tmp_path / "x"), CONTEXT)


def test_too_few_tokens_for_the_context_are_said(gpt2, tmp_path):
    with pytest.raises(
        TrainingFailed, match=r"one window takes 16 tokens, and there are 15; raise"
    ):
        learner(gpt2).train(job(gpt2, tmp_path / "x", amount=15), CONTEXT)


def test_progress_ends_at_the_total(gpt2, tmp_path):
    seen = []
    context = Context(3, CONTEXT.device, lambda *each: seen.append(each))
    done = learner(gpt2, epochs=3).train(job(gpt2, tmp_path / "x"), context)
    assert seen[-1] == (done.tokens, done.tokens)
