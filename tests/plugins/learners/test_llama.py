"""The Llama learner: what it trains on, writes, says and scores."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import json
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
import torch
from benchsuite_learners.llama import Llama, LlamaParameters
from benchsuite_learners.text_rows import stream, write_stream
from made_up_bases import CONFIGS
from pydantic import ValidationError
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from benchsuite.api import (
    Context,
    Decoding,
    SampleRequest,
    TrainingFailed,
    TrainingJob,
    UserError,
)
from benchsuite.lm import checkpoint, stacking
from benchsuite.lm import sample as sampling
from benchsuite.lm.device import Device
from benchsuite.lm.tokenizer import TextTokenizer
from benchsuite.lm.weights import size
from benchsuite.lm.windows import read_tokens

logging.disable_progress_bar()
CONTEXT = Context(3, Device("cpu", "fp32"))
SMALL = {"vocabulary": 300, "width": 16, "layers": 1, "heads": 2, "feedforward": 24, "length": 16}
TEXTS = [f"the {a} {b} the {c}.\n" for a in ("red", "old") for b in ("cat", "dog") for c in "xyzé"]


def learner(**changes):
    return Llama(LlamaParameters(**(SMALL | changes)))


def table(texts):
    return pa.table({"text": pa.array(texts, pa.string())})


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer")
    learner().fit_tokenizer(table(TEXTS * 5), folder, CONTEXT)
    return folder


@pytest.fixture(scope="module")
def rows(tokenizer):
    return learner().tokenize(table(TEXTS * 5), tokenizer)


def job(rows, tokenizer, folder, amount=400, unit="tokens", seed=1, init="scratch"):
    scratch = folder.with_name(folder.name + "-scratch")
    for each in (folder, scratch):
        each.mkdir(exist_ok=True, parents=True)
    return TrainingJob(rows, amount, unit, tokenizer, seed, folder, scratch, amount, init)


@pytest.fixture(scope="module")
def trained(rows, tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint")
    learner(epochs=8, learning_rate=0.02).train(job(rows, tokenizer, folder), CONTEXT)
    return folder


@pytest.fixture
def model(trained):
    return learner().open(trained, CONTEXT.device)


@pytest.fixture(scope="module")
def theirs(trained):
    """Log-probabilities of all ids but the first, by transformers."""
    opened = AutoModelForCausalLM.from_pretrained(trained)

    def read(ids):
        tokens = torch.tensor([ids])
        with torch.no_grad():
            scores = opened(tokens[:, :-1]).logits.log_softmax(-1)
        return scores.gather(-1, tokens[:, 1:, None])[0, :, 0].numpy()

    return read


# -- parameters -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"width": 18, "heads": 2}, "width 18 must be a multiple of twice heads 2"),
        ({"width": 16, "heads": 16}, "must be a multiple"),
        ({"heads": 0}, "greater than or equal to 1"),
        ({"vocabulary": 256}, "greater than or equal to 257"),
        ({"length": 1}, "greater than or equal to 2"),
        ({"learning_rate": 0}, "greater than 0"),
        ({"epochs": 0}, "greater than or equal to 1"),
        ({"depth": 3}, "Extra inputs are not permitted"),
    ],
)
def test_shapes_that_make_no_model_are_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        LlamaParameters(**(SMALL | changes))


# -- tokens ---------------------------------------------------------------------------------


def test_rows_are_counted_with_their_end(tokenizer):
    texts = ["the cat", "", "the <|boundary|> é", "x" * 50]
    rows = learner().tokenize(table(texts), tokenizer)
    opened = TextTokenizer.load(tokenizer)
    assert rows["token_ids"].to_pylist() == opened.encode(texts)
    assert rows["tokens"].to_pylist() == [len(ids) + 1 for ids in opened.encode(texts)]
    assert rows["tokens"].type == pa.int32()
    assert opened.decode(rows["token_ids"].to_pylist()) == texts


def test_a_stream_has_a_boundary_around_each_row(tokenizer, tmp_path):
    texts = ["the cat", "", "the old dog", "é"]
    rows = learner().tokenize(table(texts), tokenizer)
    ids = TextTokenizer.load(tokenizer).encode(texts)
    whole = pa.concat_tables([rows.slice(2, 2), rows.slice(0, 1), rows.slice(1, 1)])
    for given, order in [(rows, [0, 1, 2, 3]), (rows.slice(1, 2), [1, 2]), (whole, [2, 3, 0, 1])]:
        expected = [9, *(token for i in order for token in (*ids[i], 9))]
        assert stream(given, 9).tolist() == expected
        write_stream(given, 9, tmp_path / "tokens.bin", 300)
        assert read_tokens(tmp_path / "tokens.bin", 300).tolist() == expected
        assert len(expected) == 1 + sum(given["tokens"].to_pylist())


@pytest.mark.parametrize("noted", [True, False])
def test_a_model_tells_tokens_as_it_reads_them(model, rows, tokenizer, noted):
    given = rows.slice(3, 4) if noted else table(rows["text"].to_pylist()[3:7])
    found = model.tokens(given)
    ids = TextTokenizer.load(tokenizer).encode(given["text"].to_pylist())
    assert np.split(found.ids, np.cumsum(found.lengths)[:-1])[1].tolist() == ids[1]
    assert found.lengths.tolist() == [len(row) for row in ids]
    assert found.ids.tolist() == [token for row in ids for token in row]


# -- training -------------------------------------------------------------------------------


def test_it_trains_on_exactly_the_amount_it_is_given(rows, tokenizer, tmp_path, monkeypatch):
    from benchsuite.lm import train as lm_train

    streams, original = [], lm_train.train_all

    def spy(members, *rest):
        streams.extend(member.stream for member in members)
        return original(members, *rest)

    monkeypatch.setattr(lm_train, "train_all", spy)
    done = learner(epochs=2).train(job(rows, tokenizer, tmp_path / "x", amount=101), CONTEXT)
    boundary = TextTokenizer.load(tokenizer).boundary
    assert streams[0].tolist() == stream(rows, boundary)[:102].tolist()
    assert done.tokens == 2 * 6 * 16
    shape = lm_train.ModelConfig(300, 16, 1, 2, 24, 16)
    a_token = 3 * (2 * size(shape) + 2 * 16 * 16)
    assert learner(epochs=2).training_flops(101) == 2 * 101 * a_token


def test_a_budget_in_rows_trains_on_all_of_them(rows, tokenizer, tmp_path):
    given = rows.slice(0, 20)
    done = learner().train(job(given, tokenizer, tmp_path / "x", 20, "rows"), CONTEXT)
    assert sum(given["tokens"].to_pylist()) - done.tokens < SMALL["length"]


def test_the_seed_fixes_the_files(rows, tokenizer, tmp_path):
    files = []
    for name, seed in [("one", 1), ("again", 1), ("other", 2)]:
        learner().train(job(rows, tokenizer, tmp_path / name, seed=seed), CONTEXT)
        files.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert files[0] == files[1]
    assert files[0]["model.safetensors"] != files[2]["model.safetensors"]
    assert set(files[0]) == {
        *("config.json", "generation_config.json", "model.safetensors"),
        *("tokenizer.json", "tokenizer_config.json"),
    }


def test_a_training_that_blows_up_says_what_to_do(rows, tokenizer, tmp_path):
    with pytest.raises(TrainingFailed, match=r"the loss became .*; try a lower learner.learning"):
        learner(learning_rate=1e30).train(job(rows, tokenizer, tmp_path / "x"), CONTEXT)


def test_too_few_tokens_for_the_context_are_said(rows, tokenizer, tmp_path):
    with pytest.raises((TrainingFailed, ValueError), match=r"one window takes 16 tokens.* 15"):
        learner().train(job(rows, tokenizer, tmp_path / "x", amount=15), CONTEXT)


def test_one_failure_does_not_stop_the_others(rows, tokenizer, tmp_path):
    jobs = [job(rows, tokenizer, tmp_path / str(i), seed=i) for i in range(3)]
    jobs[1] = job(rows, tokenizer, tmp_path / "1", seed=1, amount=15)
    found = list(learner().train_all(jobs, CONTEXT))
    assert [isinstance(each, TrainingFailed) for each in found] == [False, True, False]


@pytest.mark.parametrize("at_once", [2, 3])
def test_jobs_trained_at_once_are_as_if_alone(rows, tokenizer, tmp_path, monkeypatch, at_once):
    names = ["a", "b", "c"]
    for i, name in enumerate(names):
        learner().train(job(rows, tokenizer, tmp_path / name, seed=i), CONTEXT)
    monkeypatch.setattr(stacking, "members_at_once", lambda *_: at_once)
    jobs = [job(rows, tokenizer, tmp_path / f"{name}2", seed=i) for i, name in enumerate(names)]
    assert [done.tokens for done in learner().train_all(jobs, CONTEXT)] == [400] * 3
    for name in names:
        one, other = (
            load_file(tmp_path / folder / "model.safetensors") for folder in (name, f"{name}2")
        )
        for key, weight in one.items():
            torch.testing.assert_close(other[key], weight, atol=1e-5, rtol=0)


def test_interrupted_training_goes_on_from_its_scratch(rows, tokenizer, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "_EVERY", 0.0)
    learner().train(job(rows, tokenizer, tmp_path / "whole", amount=2000), CONTEXT)

    def stop(done, total):
        if done > total / 2:
            raise KeyboardInterrupt

    broken = job(rows, tokenizer, tmp_path / "broken", amount=2000)
    with pytest.raises(KeyboardInterrupt):
        learner().train(broken, Context(3, CONTEXT.device, stop))
    assert (broken.scratch / "training.safetensors").exists()
    first = []
    learner().train(broken, Context(3, CONTEXT.device, lambda *each: first.append(each)))
    assert first[0][0] >= first[0][1] / 2, "it began anew"
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "broken")]
    assert weights[0] == weights[1]


# -- from a base ----------------------------------------------------------------------------


@pytest.fixture(params=["gpt2", "llama"])
def base(request, tokenizer, tmp_path):
    """A checkpoint that transformers made, with a tokenizer."""
    torch.manual_seed(0)
    folder = tmp_path / "base"
    AutoModelForCausalLM.from_config(CONFIGS[request.param]).save_pretrained(folder)
    for path in tokenizer.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def from_base(base, **changes):
    return Llama(LlamaParameters(base=str(base), length=16, **changes))


def test_training_goes_on_from_a_base_and_ends_in_its_layout(base, rows, tmp_path):
    made = from_base(base, learning_rate=1e-2, epochs=6)
    (tmp_path / "tokenizer").mkdir()
    made.fit_tokenizer(table([]), tmp_path / "tokenizer", CONTEXT)
    given = made.tokenize(table(TEXTS * 5), tmp_path / "tokenizer")
    assert given["token_ids"].to_pylist() == rows["token_ids"].to_pylist()
    made.train(job(given, tmp_path / "tokenizer", tmp_path / "x", init="base"), CONTEXT)
    before = AutoModelForCausalLM.from_pretrained(base)
    after = AutoModelForCausalLM.from_pretrained(tmp_path / "x")
    assert type(after) is type(before)
    assert after.config.max_position_embeddings == before.config.max_position_embeddings == 32
    ours = made.open(tmp_path / "x", CONTEXT.device).score(table(TEXTS[:4]), CONTEXT)
    untrained = made.open(base, CONTEXT.device).score(table(TEXTS[:4]), CONTEXT)
    assert ours.totals.sum() > untrained.totals.sum() / 2  # nats: nearer to nothing lost
    ids = torch.tensor([[TextTokenizer.load(base).boundary, *ours.tokens[0]]])
    with torch.no_grad():
        theirs = after(ids[:, :-1]).logits.log_softmax(-1).gather(-1, ids[:, 1:, None])
    assert ours.totals[0] == pytest.approx(theirs.sum().item(), abs=1e-4)


def test_a_base_has_a_fingerprint_that_follows_its_files(base):
    before = from_base(base).fingerprint()
    assert before == from_base(base).fingerprint() != ""
    (base / "config.json").write_text((base / "config.json").read_text() + " ")
    assert from_base(base).fingerprint() != before
    assert learner().fingerprint() == ""


def test_a_base_of_another_kind_is_told_where_to_go(base, tmp_path):
    document = json.loads((base / "config.json").read_text()) | {"model_type": "mamba"}
    (base / "config.json").write_text(json.dumps(document))
    with pytest.raises(UserError, match=r"kind mamba.*use learners/transformers"):
        from_base(base).fit_tokenizer(table([]), tmp_path, CONTEXT)


def test_a_base_fixes_the_shape():
    with pytest.raises(ValidationError, match="base fixes the shape; leave out"):
        LlamaParameters(base="somewhere", width=32)
    with pytest.raises(ValidationError, match="revision belongs to a base"):
        LlamaParameters(revision="main")


def test_progress_ends_at_the_total(rows, tokenizer, tmp_path):
    seen = []
    context = Context(3, CONTEXT.device, lambda done, total: seen.append((done, total)))
    done = learner(epochs=3).train(job(rows, tokenizer, tmp_path / "x"), context)
    assert seen[-1] == (done.tokens, done.tokens)


# -- a trained model ------------------------------------------------------------------------


def test_transformers_opens_model_and_tokenizer(trained, model, theirs):
    tokenizer = AutoTokenizer.from_pretrained(trained)
    texts = ["the red cat the x.\n", "é <|boundary|>", ""]
    scores = model.score(table(texts), CONTEXT)
    for i, text in enumerate(texts):
        ids = tokenizer.encode(text, add_special_tokens=False)
        end = tokenizer.eos_token_id
        assert scores.tokens[i].tolist() == [*ids, end]
        if len(ids) + 1 <= SMALL["length"]:
            expected = theirs([end, *ids, end])
            np.testing.assert_allclose(scores.log_probabilities[i], expected, atol=2e-5)
    assert scores.bytes.tolist() == [len(text.encode()) for text in texts]
    assert scores.lengths.tolist() == [len(tokens) for tokens in scores.tokens]


def test_it_has_learned_something(model):
    scores = model.score(table([TEXTS[0], "zqj xkw vvv"]), CONTEXT)
    mean = scores.totals / scores.lengths
    assert mean[0] > -2
    assert mean[1] < -3


def test_scores_of_a_table_are_kept(model, monkeypatch):
    first = table(TEXTS[:3])
    kept = model.score(first, CONTEXT)
    assert model.score(first, CONTEXT) is kept
    other = model.score(table(TEXTS[3:6]), CONTEXT)
    assert other.totals.tolist() != kept.totals.tolist()


def test_continuations_are_scored_after_their_prompts(model, theirs, tokenizer):
    pairs = [("the red", " cat"), ("", "the"), ("the old", ""), ("the", " <|boundary|>")]
    found = model.score_continuations(pairs, CONTEXT)
    opened = TextTokenizer.load(tokenizer)
    for (prompt, rest), value in zip(pairs, found, strict=True):
        before, after = opened.encode([prompt, rest])
        ids = [opened.boundary, *before, *after]
        expected = theirs(ids)[len(before) :].sum() if after else 0.0
        assert value == pytest.approx(expected, abs=1e-4)
    assert found.dtype == np.float64


def test_operations_of_reading(model):
    assert model.flops(10) == 10 * model.flops(1) > 0


# -- samples --------------------------------------------------------------------------------


def asked(amount, unit="rows", temperature=1.0, prompts=None):
    return SampleRequest(amount, unit, Decoding(temperature=temperature), prompts)


@pytest.mark.parametrize("amount", [1, 7, 300])
def test_so_many_rows_are_written(model, amount):
    rows = model.sample(asked(amount), CONTEXT)
    assert rows.num_rows == amount
    assert all(rows["text"].to_pylist())
    assert rows["prompt"].null_count == amount


@pytest.mark.parametrize("amount", [1, 100, 3000])
def test_tokens_are_reached_and_overrun_by_part_of_a_row(model, tokenizer, amount):
    rows = model.sample(asked(amount, "tokens"), CONTEXT)
    sizes = learner().tokenize(rows, tokenizer)["tokens"].to_pylist()
    assert sum(sizes[:-1]) < amount <= sum(sizes)


def test_more_rows_begin_with_the_same_rows(model):
    few, many = (model.sample(asked(n), CONTEXT)["text"].to_pylist() for n in (9, 290))
    assert many[:9] == few
    assert len(set(many)) > 30
    other = model.sample(asked(9), Context(4, CONTEXT.device))["text"].to_pylist()
    assert other != few


def test_prompts_are_continued_in_turn(model):
    prompts = ["the red", "the old dog"]
    rows = model.sample(asked(5, prompts=prompts, temperature=0), CONTEXT)
    assert rows["prompt"].to_pylist() == [prompts[i % 2] for i in range(5)]
    texts = rows["text"].to_pylist()
    assert texts[0] == texts[2] == texts[4]
    assert texts[1] == texts[3]
    assert not texts[0].startswith("the red")


def test_empty_rows_are_left_out_and_in_the_end_given_up(model, monkeypatch):
    write = sampling.sample_all

    def with_gaps(models, prompts, end, *rest):
        drawn = write(models, prompts, end, *rest)
        return [[np.array([end]) if i % 2 else r for i, r in enumerate(rows)] for rows in drawn]

    expected = model.sample(asked(40), CONTEXT)["text"].to_pylist()[::2]
    monkeypatch.setattr(sampling, "sample_all", with_gaps)
    monkeypatch.setattr(type(model), "batch", 64)
    rows = model.sample(asked(20), CONTEXT)["text"].to_pylist()
    assert rows[:10] == expected[:10]
    assert len(rows) == 20
    monkeypatch.setattr(
        sampling,
        "sample_all",
        lambda models, prompts, end, *rest: [[np.array([end])] * len(p) for p in prompts],
    )
    with pytest.raises(RuntimeError, match=r"nothing but empty rows, \d+ in all"):
        model.sample(asked(20), CONTEXT)


def test_models_write_and_score_at_once_as_if_alone(model, rows, tokenizer, tmp_path):
    others = []
    for seed in (5, 6):
        given = job(rows, tokenizer, tmp_path / str(seed), seed=seed)
        learner(epochs=4, learning_rate=0.02).train(given, CONTEXT)
        others.append(learner().open(given.directory, CONTEXT.device))
    models = [model, *others]
    requests = [asked(9), asked(300), asked(40, "tokens")]
    contexts = [Context(seed, CONTEXT.device) for seed in (3, 4, 5)]
    together = type(model).sample_all(models, requests, contexts)
    alone = [
        each.sample(request, context)
        for each, request, context in zip(models, requests, contexts, strict=True)
    ]
    assert together == alone
    given = table(TEXTS[:5])
    scored = type(model).score_all(models, given, CONTEXT)
    assert scored[1] is others[0].score(given, CONTEXT)
    for each, scores in zip(models, scored, strict=True):
        again = each.score(table(TEXTS[:5]), CONTEXT)
        np.testing.assert_allclose(scores.totals, again.totals, atol=1e-4)


def test_progress_of_writing_ends_at_the_amount(model):
    seen = []
    context = SimpleNamespace(
        seed=3, device=CONTEXT.device, progress=lambda *each: seen.append(each)
    )
    model.sample(asked(2000, "tokens"), context)
    assert seen[-1] == (2000, 2000)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
