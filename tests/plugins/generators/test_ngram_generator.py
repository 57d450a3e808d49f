"""Rows of an n-gram model: of words or tokens, prompted or not, as many as asked for."""

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_generators.ngram import Ngram, NgramParameters

from benchsuite.api import Context, Decoding, GenerationRequest, HumanRows, Tokens, UserError
from benchsuite.plugins.kinds import TokenModel

TEXTS = [f"{who} {does} the {what}.\n" for who in ("Ann", "Bo") for does in ("sees", "hears")
         for what in ("sea", "old sea", "bird")]  # fmt: skip


class ByteReader(TokenModel):
    """Tokens are bytes; it neither writes nor scores."""

    def tokens(self, rows):
        texts = [text.encode() for text in rows["text"].to_pylist()]
        lengths = np.array([len(text) for text in texts], np.int32)
        return Tokens(np.frombuffer(b"".join(texts), np.uint8), lengths)

    def encode(self, texts):
        return [list(text.encode()) for text in texts]

    def decode(self, rows):
        return [bytes(row).decode(errors="replace") for row in rows]

    go_on = sample = score = score_continuations = score_ends = None


def human(texts):
    return HumanRows(pa.table({"text": texts, "split": ["train"] * len(texts)}))


def made(amount, unit="rows", seed=0, texts=TEXTS, prompts=None, decoding=None, **parameters):
    request = GenerationRequest(
        ByteReader(), human(texts), amount, unit, decoding or Decoding(), prompts
    )
    return Ngram(NgramParameters(**parameters)).generate(request, Context(seed, None))


@pytest.mark.parametrize("words", ["token", "space"])
def test_a_long_memory_repeats_and_a_short_one_does_not(words):
    rows = made(400, words=words, order=8)["text"].to_pylist()
    assert len(rows) == 400
    assert np.mean([row in TEXTS for row in rows]) > 0.5
    free = made(400, words=words, order=1)["text"].to_pylist()
    assert np.mean([row in TEXTS for row in free]) < 0.1
    assert max(map(len, rows)) <= (max(map(len, TEXTS)) if words == "token" else 99)


def test_tokens_are_counted_with_ends():
    rows = made(5000, "tokens")["text"].to_pylist()
    sizes = [len(row.encode()) + 1 for row in rows]
    assert sum(sizes[:-1]) < 5000 <= sum(sizes)


def test_the_seed_decides():
    first, again, other = (made(50, seed=s)["text"].to_pylist() for s in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("words", ["token", "space"])
def test_prompts_are_gone_on_from_in_turn(words):
    prompts = ["Ann sees the", "Bo hears the old", ""]
    greedy = Decoding(temperature=0)
    texts = ["Ann sees the sea.", "Ann sees the sea.", "Bo hears the old bird."]
    rows = made(6, texts=texts, prompts=prompts, decoding=greedy, words=words, order=8)
    assert rows["prompt"].to_pylist() == prompts * 2
    assert rows["text"].to_pylist() == [" sea.", " bird.", "Ann sees the sea."] * 2
    assert made(3)["prompt"].null_count == 3


def test_it_learns_from_no_more_than_it_makes_if_told_so():
    texts = [f"row number {n:04}" for n in range(1000)]
    rows = made(5, texts=texts, words="space", learns="amount", order=8)["text"].to_pylist()
    numbers = {row.split()[-1] for row in rows}
    assert len(numbers) <= 5
    texts = [chr(48 + n) * 9 for n in range(70)]
    rows = made(100, "tokens", texts=texts, learns="amount")["text"].to_pylist()
    assert len(set("".join(rows))) <= 10  # of ten rows with their ends


def test_a_learner_without_tokens_writes_words():
    rows = human(TEXTS)
    request = GenerationRequest(None, rows, 3, "rows", Decoding())
    context = Context(0, None)
    assert Ngram(NgramParameters(words="space")).generate(request, context).num_rows == 3
    with pytest.raises(UserError, match="set words to space"):
        Ngram(NgramParameters()).generate(request, context)
