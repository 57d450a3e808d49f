"""Human prefixes: cut by tokens, continued, and kept apart from what is learned from."""

from types import SimpleNamespace

import pyarrow as pa
import pytest
from benchsuite_generators.self_samples import SelfSamples
from benchsuite_learners import text_model
from benchsuite_learners.llama import Llama, LlamaParameters
from made_up_bases import CONTEXT, TEXTS, table

from benchsuite.api import Context, Decoding, GenerationRequest, Parameters
from benchsuite.engine.operations import generate
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


def work(seed, texts, length=2):
    return SimpleNamespace(
        arguments={"prompts": {"real": length}},
        rows=lambda role: {"prompts": pa.table({"text": texts})}[role],
        model=Prefixed,
        context=Context(seed, None),
    )


def test_no_prefix_is_used_twice_before_all_have_been():
    texts = [f"{i:03d}" for i in range(200)]
    first, again, other = (generate._prompts(work(seed, texts)) for seed in (1, 1, 2))
    assert first == again != other
    assert sorted(first) == sorted(other) == sorted(text[:2] for text in texts)
    assert first != sorted(first)


def test_rows_too_short_for_a_prefix():
    with pytest.raises(RuntimeError, match=r"has more than the 4 tokens .* lower prompts\.real"):
        generate._prompts(work(1, ["ab", "abcd"], length=4))
