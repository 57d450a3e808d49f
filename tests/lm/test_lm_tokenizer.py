"""Byte-level BPE: any text comes back, and transformers agrees."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models
from transformers import AutoTokenizer

from benchsuite.lm.tokenizer import BOUNDARY, TextTokenizer

TEXTS = ["the cat sat on the mat, the end", "a rat sat on the cat", "ÄÖÜ über, naïve café"] * 5
PIECES = st.one_of(st.text(max_size=12), st.sampled_from([BOUNDARY, "<|", "|>", " the", "\n\n"]))
ANY_TEXT = st.lists(PIECES, max_size=6).map("".join)


@pytest.fixture(scope="module")
def tokenizer():
    return TextTokenizer.train(TEXTS, 280)


@pytest.fixture(scope="module")
def folder(tokenizer, tmp_path_factory):
    path = tmp_path_factory.mktemp("tokenizer")
    tokenizer.save(path)
    return path


@pytest.fixture(scope="module")
def theirs(folder):
    return AutoTokenizer.from_pretrained(folder)


@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=3))
@example(texts=[BOUNDARY, f"a {BOUNDARY} b", ""])
@example(texts=["\x00\ufeff\u200d\U0001f9d1\r\n\t  "])
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back(tokenizer, texts):
    rows = tokenizer.encode(texts)
    assert tokenizer.decode(rows) == texts
    assert all(tokenizer.boundary not in row for row in rows)


@given(text=ANY_TEXT)
@example(text=BOUNDARY)
@example(text=f"a {BOUNDARY} b")
@settings(max_examples=60, deadline=None)
def test_transformers_reads_and_writes_the_same(tokenizer, theirs, text):
    (ids,) = tokenizer.encode([text])
    assert theirs.encode(text, add_special_tokens=False) == ids
    assert theirs.decode(ids, skip_special_tokens=True) == text


def test_transformers_adds_nothing_a_model_does_not_take(theirs, tokenizer):
    assert set(theirs("the cat").keys()) == {"input_ids", "attention_mask"}
    assert theirs.bos_token_id == theirs.eos_token_id == tokenizer.boundary


def test_boundaries_are_dropped_and_broken_text_is_marked(tokenizer):
    (ids,) = tokenizer.encode(["é"])
    assert tokenizer.decode([[tokenizer.boundary, *ids, tokenizer.boundary]]) == ["é"]
    (alone,) = tokenizer.encode(["\x80"])  # two bytes, C2 80
    assert tokenizer.decode([alone[-1:]]) == ["\ufffd"]


def test_merges_are_learned_until_the_vocabulary_is_full(tokenizer):
    assert tokenizer.vocabulary == 280
    (ids,) = tokenizer.encode([" the cat"])
    assert len(ids) == 2
    bare = TextTokenizer.train(["a"], 300)
    assert bare.vocabulary == 257  # bytes and the boundary: there is no pair to merge


def test_the_same_texts_give_the_same_files(folder, tmp_path):
    TextTokenizer.train(TEXTS, 280).save(tmp_path)
    TextTokenizer.load(folder).save(tmp_path / "..")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
        assert (tmp_path / ".." / name).read_bytes() == (folder / name).read_bytes()


def test_a_tokenizer_without_a_boundary_is_refused():
    with pytest.raises(ValueError, match="boundary"):
        TextTokenizer(Tokenizer(models.BPE()))


def test_threads_change_nothing(tmp_path):
    texts = [f"text {i} of the {i % 7}th kind" for i in range(50)]
    TextTokenizer.train(texts, 300).save(tmp_path)
    alone = TextTokenizer.load(tmp_path).encode(texts)
    for count in (0, 1, 2, 7, 50):
        assert TextTokenizer.load(tmp_path, threads=3).encode(texts[:count]) == alone[:count]
