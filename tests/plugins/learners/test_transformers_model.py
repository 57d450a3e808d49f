"""Models of the learner `transformers`: scores and samples, against transformers itself."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from benchsuite_learners import transformers_model, transformers_scoring
from made_up_bases import CONTEXT, LENGTH, TEXTS, learner, log_probabilities, table
from scipy.stats import chisquare
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchsuite.api import Context, Decoding, SampleRequest
from benchsuite.lm.tokenizer import TextTokenizer

# -- scores ---------------------------------------------------------------------------------


def test_scores_are_transformers_own(trained, model):
    tokenizer = AutoTokenizer.from_pretrained(trained)
    network = AutoModelForCausalLM.from_pretrained(trained)
    texts = ["the red cat the x.\n", "é zq", "", "the"]
    scores = model.score(table(texts), CONTEXT)
    end = tokenizer.eos_token_id
    for i, text in enumerate(texts):
        ids = torch.tensor([[end, *tokenizer.encode(text, add_special_tokens=False), end]])
        with torch.no_grad():
            loss = network(ids, labels=ids).loss.item()
        assert scores.tokens[i].tolist() == ids[0, 1:].tolist()
        assert -scores.totals[i] / scores.lengths[i] == pytest.approx(loss, abs=1e-5)
        theirs = log_probabilities(trained, ids[0].tolist())
        np.testing.assert_allclose(scores.log_probabilities[i], theirs, atol=1e-5)
    assert scores.bytes.tolist() == [len(text.encode()) for text in texts]


def test_rows_longer_than_the_context_are_windowed(trained, model, boundary):
    text = "".join(TEXTS)
    ids = [boundary, *TextTokenizer.load(trained).encode([text])[0], boundary]
    found = model.score(table([text]), CONTEXT).log_probabilities[0]
    assert len(ids) > 3 * LENGTH
    assert len(found) == len(ids) - 1
    for i in range(len(found)):  # every token after the first window sees at least half a context
        if i < LENGTH:
            start = 0
        else:
            block = (i - LENGTH) // (LENGTH // 2)
            stop = min(LENGTH + (block + 1) * (LENGTH // 2), len(ids) - 1)
            start = stop - LENGTH
        expected = log_probabilities(trained, ids[start : i + 2])[-1] if i % 5 == 0 else found[i]
        assert found[i] == pytest.approx(expected, abs=1e-5)


def test_ends_of_rows_are_scored_after_as_much_as_the_context_holds(trained, model):
    row = TextTokenizer.load(trained).encode(["".join(TEXTS)])[0]
    rows, counts = [row, row[:5], row[:9]], [LENGTH, 2, 0]
    network = AutoModelForCausalLM.from_pretrained(trained)
    found = model.score_ends(rows, counts, CONTEXT)
    for each, ids, count in zip(found, rows, counts, strict=True):
        read = torch.tensor([ids[-LENGTH - 1 :]])
        expected = log_probabilities(trained, read[0].tolist())
        np.testing.assert_allclose(
            each.log_probabilities, expected[len(expected) - count :], atol=1e-5
        )
        with torch.no_grad():
            likeliest = network(read).logits[0, :-1].argmax(-1) == read[0, 1:]
        assert each.greedy.tolist() == likeliest[len(likeliest) - count :].tolist()
    assert found[0].greedy.any()


def test_neighbours_in_a_batch_change_nothing(model, monkeypatch):
    texts = [*TEXTS, "the", "", "".join(TEXTS[:3])]
    whole = model.score(table(texts), CONTEXT)
    monkeypatch.setattr(transformers_scoring, "_LOGITS_A_BATCH", 1)
    alone = model.score(table(texts), CONTEXT)
    for ours, theirs in zip(whole.log_probabilities, alone.log_probabilities, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_scores_of_a_table_are_kept(model):
    first = table(TEXTS[:3])
    kept = model.score(first, CONTEXT)
    assert model.score(first, CONTEXT) is kept
    assert model.score(table(TEXTS[3:6]), CONTEXT).totals.tolist() != kept.totals.tolist()


def test_continuations_are_scored_after_their_prompts(trained, model, boundary):
    pairs = [("the red", " cat"), ("", "the"), ("the old", ""), ("the", " <|boundary|>")]
    found = model.score_continuations(pairs, CONTEXT)
    for (prompt, rest), value in zip(pairs, found, strict=True):
        before, after = TextTokenizer.load(trained).encode([prompt, rest])
        theirs = log_probabilities(trained, [boundary, *before, *after])
        assert value == pytest.approx(theirs[len(before) :].sum() if after else 0.0, abs=1e-4)
    assert found.dtype == np.float64


@pytest.mark.parametrize("noted", [True, False])
def test_a_model_tells_tokens_as_it_reads_them(trained, model, noted):
    given = table(TEXTS[3:7])
    if noted:
        given = learner("unused").tokenize(table(TEXTS), trained).slice(3, 4)
    found = model.tokens(given)
    ids = TextTokenizer.load(trained).encode(TEXTS[3:7])
    assert found.lengths.tolist() == [len(row) for row in ids]
    assert found.ids.tolist() == [token for row in ids for token in row]


# -- samples --------------------------------------------------------------------------------


def asked(amount, unit="rows", prompts=None, **decoding):
    return SampleRequest(amount, unit, Decoding(**decoding), prompts)


def first_tokens(model, boundary, rows, decoding):
    """The first token of so many rows, each drawn anew."""
    starts = [np.array([boundary])] * rows
    return np.array([row[0] for row in model.go_on(starts, decoding, 0, CONTEXT)])


@pytest.mark.parametrize(
    "decoding",
    [
        Decoding(),
        Decoding(temperature=0.5),
        Decoding(temperature=2.0, top_k=7),
        Decoding(temperature=1.5, top_p=0.8),
    ],
    ids=str,
)
def test_tokens_are_drawn_by_their_probability(trained, model, boundary, decoding):
    network = AutoModelForCausalLM.from_pretrained(trained)
    with torch.no_grad():
        scores = network(torch.tensor([[boundary]])).logits[0, -1].double()
    expected = (scores / decoding.temperature).softmax(-1).numpy()
    order = np.argsort(-expected)
    if decoding.top_k:
        expected[order[decoding.top_k :]] = 0
    before = np.cumsum(expected[order]) - expected[order]
    expected[order[before >= decoding.top_p]] = 0
    expected *= 2000 / expected.sum()
    found = np.bincount(first_tokens(model, boundary, 2000, decoding), minlength=300)
    assert found[expected == 0].sum() == 0
    rare = expected < 5  # a chi-square test takes cells of five and more (Cochran 1954)
    cells = [(f, e) for f, e in zip(found[~rare], expected[~rare], strict=True)]
    if expected[rare].sum() > 0:
        cells.append((found[rare].sum(), expected[rare].sum()))
    observed, wanted = np.array(cells).T
    assert len(cells) > 1
    assert chisquare(observed, wanted).pvalue > 1e-3


def test_temperature_zero_takes_the_most_likely_token(trained, model, boundary):
    written = model.go_on([np.array([boundary])], Decoding(temperature=0), 0, CONTEXT)[0]
    ids = [boundary]
    network = AutoModelForCausalLM.from_pretrained(trained)
    for token in written:
        with torch.no_grad():
            ids.append(int(network(torch.tensor([ids])).logits[0, -1].argmax()))
        assert token == ids[-1]
    assert written[-1] == boundary or len(written) == LENGTH


def test_wishes_of_a_checkpoint_about_generation_are_not_followed(gpt2, broken):
    plain = learner(gpt2).open(gpt2, CONTEXT.device).sample(asked(20), CONTEXT)
    wishes = {"top_k": 1, "repetition_penalty": 5.0, "suppress_tokens": [1, 2, 3], "max_length": 3}
    (broken / "generation_config.json").write_text(json.dumps(wishes | {"do_sample": True}))
    wishing = learner(broken).open(broken, CONTEXT.device).sample(asked(20), CONTEXT)
    assert wishing.equals(plain)


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_it_writes_what_the_core_writes(bases, boundary, name):
    """The same checkpoint, seed and rows, by the core: prompts of two lengths."""
    from benchsuite.lm import huggingface
    from benchsuite.lm.sample import sample

    starts = [np.array([boundary]), np.array([boundary, 70, 71])] * 5
    opened = learner("unused").open(bases[name], CONTEXT.device)
    for decoding in (Decoding(), Decoding(temperature=0), Decoding(top_k=9, top_p=0.9)):
        ours = opened.go_on(starts, decoding, 7, CONTEXT)
        network = huggingface.load(bases[name])
        theirs = sample(network, starts, boundary, decoding, 3, CONTEXT.device, first_row=7)
        for start, row, expected in zip(starts, ours, theirs, strict=True):
            room = LENGTH + 1 - len(start)  # the core takes the checkpoint's whole context
            assert row.tolist() == expected[:room].tolist()


@pytest.mark.parametrize("amount", [1, 300])
def test_so_many_rows_are_written(model, amount):
    rows = model.sample(asked(amount), CONTEXT)
    assert rows.num_rows == amount
    assert all(rows["text"].to_pylist())
    assert rows["prompt"].null_count == amount


@pytest.mark.parametrize("amount", [1, 3000])
def test_tokens_are_reached_and_overrun_by_part_of_a_row(trained, model, amount):
    rows = model.sample(asked(amount, "tokens"), CONTEXT)
    sizes = learner("unused").tokenize(rows, trained)["tokens"].to_pylist()
    assert sum(sizes[:-1]) < amount <= sum(sizes)


def test_samples_are_a_function_of_the_seed(model):
    few, many = (model.sample(asked(n), CONTEXT)["text"].to_pylist() for n in (9, 290))
    torch.rand(1)
    assert model.sample(asked(9), CONTEXT)["text"].to_pylist() == few == many[:9]
    assert len(set(many)) > 30
    other = model.sample(asked(9), Context(4, CONTEXT.device))["text"].to_pylist()
    assert other != few
    assert many[256:265] != few  # the second batch is another


def test_prompts_are_continued_in_turn(model):
    prompts = ["the red", "the old dog", "the " * 40]
    rows = model.sample(asked(5, prompts=prompts[:2], temperature=0), CONTEXT)
    assert rows["prompt"].to_pylist() == [prompts[i % 2] for i in range(5)]
    texts = rows["text"].to_pylist()
    assert texts[0] == texts[2] == texts[4]
    assert texts[1] == texts[3]
    assert not texts[0].startswith("the red")
    rows = model.sample(asked(5, prompts=prompts), CONTEXT)
    assert prompts[2] not in rows["prompt"].to_pylist()  # it fills the context by itself


def test_large_models_write_fewer_rows_at_once_and_the_same_ones(trained, monkeypatch):
    opened = learner("unused").open(trained, CONTEXT.device)
    expected = opened.sample(asked(40), CONTEXT)
    monkeypatch.setattr(transformers_model, "_CACHED", 5 * 2 * 2 * 32 * LENGTH)
    large = learner("unused").open(trained, CONTEXT.device)
    sizes, generate = [], large._network.generate

    def spy(inputs, **settings):
        sizes.append(len(inputs))
        return generate(inputs, **settings)

    monkeypatch.setattr(large._network, "generate", spy)
    assert large.sample(asked(40), CONTEXT).equals(expected)
    assert max(sizes) == 5


def test_progress_of_writing_ends_at_the_amount(model):
    seen = []
    context = SimpleNamespace(
        seed=3, device=CONTEXT.device, progress=lambda *each: seen.append(each)
    )
    model.sample(asked(2000, "tokens"), context)
    assert seen[-1] == (2000, 2000)
