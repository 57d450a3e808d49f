"""Human prefixes: cut by tokens, continued, and kept apart from what is learned from."""

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_generators.self_samples import SelfSamples
from benchsuite_learners import text_model
from benchsuite_learners.llama import Llama, LlamaParameters
from made_up_bases import CONTEXT, TEXTS, table

from benchsuite.api import Context, Decoding, GenerationRequest, Parameters, Tokens
from benchsuite.engine.operations.prompts import characteristic_words, prompts
from benchsuite.lm.tokenizer import TextTokenizer

ROWS = [*TEXTS, "é" * 9, "a", ""]


@pytest.fixture(scope="module")
def tokenizer(gpt2):
    return TextTokenizer.load(gpt2)


@pytest.fixture
def model(gpt2):
    return Llama(LlamaParameters(base=str(gpt2))).open(gpt2, CONTEXT.device)


@pytest.mark.parametrize("length", [1, 3, 5])
@pytest.mark.parametrize("noted", [True, False])
def test_a_prefix_is_the_first_tokens_of_a_row_that_has_more(model, tokenizer, gpt2, length, noted):
    rows = table(ROWS)
    if noted:
        rows = Llama(LlamaParameters()).tokenize(rows, gpt2)
    ids = tokenizer.encode(ROWS)
    longer = [row for row in ids if len(row) > length]
    found = model.prefixes(rows, length)
    assert 0 < len(longer) < len(ROWS)
    assert found == [tokenizer.decode([row[:length]])[0].rstrip("\ufffd") for row in longer]
    starts = [text for text, row in zip(ROWS, ids, strict=True) if len(row) > length]
    assert all(text.startswith(prefix) for text, prefix in zip(starts, found, strict=True))


def request(model, prompts, amount=40):
    return GenerationRequest(model, None, amount, "rows", Decoding(), prompts)


def test_prompts_are_continued_in_turn_and_stand_apart(model):
    prompts = ["the red", "the old cat", "é"]
    rows = SelfSamples(Parameters()).generate(
        request(model, prompts, 7), Context(2, CONTEXT.device)
    )
    assert rows["prompt"].to_pylist() == [prompts[i % 3] for i in range(7)]
    unprompted = SelfSamples(Parameters()).generate(request(model, None, 7), CONTEXT)
    assert unprompted["prompt"].null_count == 7


def test_prompts_that_leave_no_room_are_told_of(model, monkeypatch):
    monkeypatch.setattr(text_model, "_GIVE_UP_AFTER", 100)
    long = ["the red cat the x.\n" * 9]  # the context is 32 tokens
    with pytest.raises(
        RuntimeError, match=r"but empty rows, .*; shorter prompts may leave it room"
    ):
        SelfSamples(Parameters()).generate(request(model, long), CONTEXT)


class Prefixed:
    """A model that cuts rows of characters."""

    def prefixes(self, rows, length):
        return [text[:length] for text in rows["text"].to_pylist() if len(text) > length]

    def tokens(self, rows):
        return Tokens(None, np.array([len(text) for text in rows["text"].to_pylist()]))


def work(seed, texts, **wanted):
    rows = pa.table({"text": texts, "id": [f"h{i}" for i in range(len(texts))]})
    return SimpleNamespace(
        arguments={"prompts": wanted or {"real": 2}},
        rows=lambda role: {"prompts": rows}[role],
        model=Prefixed,
        context=Context(seed, None),
    )


def test_no_prefix_is_used_twice_before_all_have_been():
    texts = [f"{i:03d}" for i in range(200)]
    first, again, other = (prompts(work(seed, texts)) for seed in (1, 1, 2))
    assert first == again != other
    assert sorted(first) == sorted(other)
    assert {(f"{i:03d}"[:2], f"h{i}") for i in range(200)} == set(first)
    assert first != sorted(first)


def test_rows_too_short_for_a_prefix():
    with pytest.raises(RuntimeError, match=r"has more than the 4 tokens .* lower prompts\.real"):
        prompts(work(1, ["ab", "abcd"], real=4))


def test_topics_that_are_listed_stand_in_the_template():
    found = prompts(work(1, ["ab"], topics=["rivers", "salt {x}"], template="On {topic}: "))
    assert sorted(found) == [("On rivers: ", None), ("On salt {x}: ", None)]


def test_the_topic_of_a_human_row_is_the_word_that_sets_it_apart():
    texts = ["The river runs; the river floods.", "The salt, the salt and this", "it is so"]
    found = prompts(work(1, texts, topics="human", template="{topic}!"))
    assert sorted(found) == [("river!", "h0"), ("salt!", "h1")]
    assert characteristic_words(["with with salt", "with with with salt rare"]) == [None, "rare"]
    with pytest.raises(RuntimeError, match=r"no human training row has .* list prompts\.topics"):
        prompts(work(1, ["it is so"], topics="human", template="{topic}"))
