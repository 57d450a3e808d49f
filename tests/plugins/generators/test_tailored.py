"""Rows of a slice: kept from what the model writes, or after beginnings of human rows."""

import logging

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_generators.tailored import Tailored, TailoredParameters
from pydantic import ValidationError
from spoken_model import Says, human, request

from benchsuite.api import Context, Model, UserError

HUMAN = human(
    ["a rare beast sleeps", "the old cat", "rare birds sing", "rare", "the cat sings"],
    ["far", "near", "far", "far", "near"],
)


def made(model, amount=10, unit="rows", seed=0, rows=HUMAN, prompts=None, **parameters):
    asked = request(model, rows, amount, unit, prompts=prompts)
    return Tailored(TailoredParameters(**parameters)).generate(asked, Context(seed, None))


def test_rows_of_the_slice_are_kept_and_the_yield_is_told(caplog):
    with caplog.at_level(logging.INFO):
        rows = made(Says("a rare cat", "a cat", "rare", "cats"), 500, words=["RARE"])
    assert set(rows["text"].to_pylist()) == {"a rare cat", "rare"}
    assert rows.num_rows == 500
    (share,) = set(rows["yield"].to_pylist())
    assert share == pytest.approx(0.5, abs=0.06)
    (told,) = caplog.messages
    kept, _, written = told.split(": ")[1].split()[:3]
    assert int(kept) / int(written) == share
    assert rows["prompt"].null_count == 500
    assert "parents" not in rows.column_names


def test_tokens_are_asked_for_with_the_ends_of_rows():
    for amount in (1, 11, 3000, 3001):
        texts = made(Says("a rare cat", "a cat", "rare"), amount, "tokens", words=["rare"])["text"]
        sizes = [len(text) + 1 for text in texts.to_pylist()]
        assert sum(sizes[:-1]) < amount <= sum(sizes)


@pytest.mark.parametrize("parameters", [
    {"words": ["rare"]}, {"rare": 0.5}, {"domain": "far"}, {"words": ["rare"], "way": "conditional"}
], ids=str)  # fmt: skip
def test_the_seed_decides(parameters):
    model = Says("a rare cat", "rare", "rare birds sleep", "the cat sings")
    first, again, other = (made(model, 40, seed=seed, prefix=3, **parameters) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_a_slice_that_is_too_rare_is_told_in_one_sentence():
    with pytest.raises(RuntimeError) as failure:
        made(Says("cat", ""), 100, words=["rare"], tries=3)
    assert str(failure.value) == (
        "0 of 100 rows are there after 3 times as many were written: 0 rows of 300 were wanted, "
        "a yield of 0.00%; raise tries, or want what is less rare"
    )


def test_no_more_is_written_than_tries_allow():
    model = Says("rare", "cat", "cat", "cat")
    with pytest.raises(RuntimeError, match="after 2 times"):
        made(model, 400, words=["rare"], tries=2)
    assert len(model.asked) == 800
    with pytest.raises(RuntimeError, match=r"of 5,000 tokens are there after 2 times"):
        made(Says("rare", "cat", "cat", "cat"), 5000, "tokens", words=["rare"], tries=2)


def test_the_regimes_prompts_are_gone_on_from_in_turn():
    model = Says("rare")
    rows = made(model, 32, words=["rare"], prompts=["one ", "two ", ""])
    assert rows["prompt"].to_pylist() == (["one ", "two ", ""] * 11)[:32]
    assert model.asked[:3] == ["one ", "two ", ""]


def test_beginnings_of_human_rows_of_the_slice_are_gone_on_from():
    model = Says(" and rare", " and not", echoes=True)
    rows = made(model, 64, words=["rare"], way="conditional", prefix=4)
    behind = dict(zip(rows["prompt"].to_pylist(), rows["parents"].to_pylist(), strict=True))
    assert behind == {"a ra": ["h0"], "rare": ["h2"]}
    assert rows["parents"].type == pa.list_(pa.string())
    firsts = [set(model.asked[i : i + 2]) for i in range(0, len(model.asked), 2)]
    assert all(pair == {"a ra", "rare"} for pair in firsts)
    assert all("rare" in text for text in rows["text"].to_pylist())


def test_human_rows_of_a_domain_are_those_that_say_so():
    model = Says("a rare beast", "the old cat")
    rows = made(model, 30, domain="far", way="conditional", prefix=2)
    assert set(rows["text"].to_pylist()) == {"a rare beast"}
    assert set(np.concatenate(rows["parents"].to_pylist())) == {"h0", "h2", "h3"}


def test_rare_words_are_those_of_human_training_rows():
    # "unseen" is rare too, in a row that nobody learns from; zebras nobody speaks of.
    texts = made(Says("unseen", "zebra", "the cat", "beast"), 50, rare=0.5)["text"].to_pylist()
    assert set(texts) == {"beast"}


def test_a_slice_that_no_human_row_begins_is_told():
    with pytest.raises(RuntimeError, match=r"^0 human training rows fall in the slice, and none"):
        made(Says("zebra"), words=["zebra"], way="conditional")
    with pytest.raises(RuntimeError, match=r"more than 90 tokens to be gone on from; lower"):
        made(Says("rare"), words=["rare"], way="conditional", prefix=90)


def test_an_unknown_domain_is_told():
    with pytest.raises(
        UserError, match=r"are of far, near; domain there must be one of several\.$"
    ):
        made(Says("a"), domain="there")
    with pytest.raises(UserError, match="are of far; domain far must"):
        made(Says("a"), domain="far", rows=human(["a"], ["far"]))


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({}, "give exactly one of words, rare and domain"),
        ({"words": ["a"], "rare": 0.1}, "give exactly one of words, rare and domain"),
        ({"words": []}, "at least 1"),
        ({"words": ["interest rate"]}, "'interest rate' is no single word of letters"),
        ({"words": ["1"]}, "'1' is no single word"),
        ({"rare": 0}, "greater than 0"),
        ({"rare": 0.1, "tries": 0}, "greater than or equal to 1"),
    ],
)
def test_what_is_no_slice_is_refused(parameters, reason):
    with pytest.raises(ValidationError, match=reason):
        TailoredParameters(**parameters)


def test_a_model_without_tokens_is_refused():
    class Other(Model):
        sample = score = score_continuations = None

    with pytest.raises(UserError, match="needs a model that reads and writes tokens"):
        made(Other(), words=["a"])
