"""Text that the kernels in C write: drawn as torch draws it, from what truncation leaves."""

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from small_models import CPU, READABLE, make, small
from transformers import (
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from benchsuite.lm.choose import attempts, uniforms
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.native import gradient, reading, writing
from benchsuite.lm.native.library import SWITCH, library
from benchsuite.lm.native.writing import NativeWriting, rows_at_once
from benchsuite.lm.sample import sample
from benchsuite.lm.score import score
from benchsuite.lm.weights import parts

pytestmark = pytest.mark.skipif(
    library() is None, reason="no kernels were compiled, or the processor does not run them"
)

DRAWS = 2048
UNLIKELY = 1e-4
"""The numbers are fixed: a p-value below this is a wrong distribution, not bad luck."""


def saying(logits) -> LanguageModel:
    """A model that says these logits of the next token, and has room for one."""
    config = small(vocabulary=len(logits), length=1, tied=False)
    model = make(config)
    weights = parts(model.weights, config)
    with torch.inference_mode():
        (state,) = model.hidden(model.parts(), torch.tensor([[[0]]]))[0]
    weights["head"][0] = torch.outer(torch.tensor(logits), state / state.dot(state))
    return model


def drawn(logits, decoding) -> np.ndarray:
    """How often each token is drawn, of numbers that lie evenly where one is read a token."""
    numbers = attempts(decoding)
    draws = np.random.default_rng(0).random((DRAWS, 1, numbers), np.float32)
    if numbers == 1:
        draws[:, 0, 0] = (np.arange(DRAWS) + 0.5) / DRAWS
    prompts = np.zeros((DRAWS, 1), np.int64)
    texts = NativeWriting(saying(logits), -1, decoding)(prompts, draws, lambda _: None)
    return np.bincount(np.concatenate(texts), minlength=len(logits))


def expected(logits, decoding) -> np.ndarray:
    """Probabilities by transformers' processors."""
    warpers = LogitsProcessorList([TemperatureLogitsWarper(decoding.temperature)])
    if decoding.top_k:
        warpers.append(TopKLogitsWarper(decoding.top_k))
    if decoding.top_p < 1:
        warpers.append(TopPLogitsWarper(decoding.top_p))
    scores = torch.tensor([logits], dtype=torch.float64)
    return torch.softmax(warpers(torch.zeros(1, 0), scores), -1)[0].numpy()


DECODINGS = [
    Decoding(),
    Decoding(temperature=0.6),
    Decoding(temperature=1.7),
    Decoding(top_k=1),
    Decoding(top_k=7),
    Decoding(top_k=1000),
    Decoding(top_p=0.05),
    Decoding(top_p=0.5),
    Decoding(top_p=0.97),
    Decoding(temperature=0.8, top_k=20, top_p=0.9),
    Decoding(temperature=1.4, top_k=5, top_p=0.7),
]


@pytest.mark.parametrize("decoding", DECODINGS, ids=str)
@pytest.mark.parametrize("vocabulary", [5, 64, 300])
def test_tokens_are_drawn_as_transformers_says(decoding, vocabulary):
    logits = np.random.default_rng(vocabulary).normal(0, 2, vocabulary).tolist()
    found, exact = drawn(logits, decoding), expected(logits, decoding)
    assert (found[exact == 0] == 0).all()
    if attempts(decoding) == 1:  # evenly spaced numbers meet shares to within one at either end
        assert np.abs(found - DRAWS * exact).max() <= 1.01
    elif (exact > 0).sum() > 1:
        assert chisquare(found[exact > 0], DRAWS * exact[exact > 0]).pvalue > UNLIKELY


def test_of_equals_top_k_keeps_no_more_than_k():
    assert (drawn([0.0] * 10, Decoding(top_k=3)) > 0).tolist() == [True] * 3 + [False] * 7


def test_of_equals_the_nucleus_is_the_smallest_that_reaches_p():
    assert (drawn([0.0] * 10, Decoding(top_k=9, top_p=0.45)) > 0).tolist() == [True] * 5 + [
        False
    ] * 5


def test_temperature_zero_takes_the_first_of_the_likeliest():
    assert drawn([1.0, 3.0, 3.0, 2.0], Decoding(temperature=0)).tolist() == [0, DRAWS, 0, 0]


@pytest.mark.parametrize("draw", [0.0, 1 - 2.0**-24])
def test_the_ends_of_the_unit_interval_draw_tokens_that_are_left(draw):
    texts = NativeWriting(saying([-90.0, 0.0, 1.0, -90.0]), -1, Decoding(top_k=2))(
        np.zeros((1, 1), np.int64), np.array([[[draw]]], np.float32), lambda _: None
    )
    assert texts[0].tolist() == ([2] if draw == 0 else [1])  # the likeliest first


@pytest.mark.parametrize("config", READABLE.values(), ids=READABLE.keys())
@pytest.mark.parametrize("decoding", [*DECODINGS, Decoding(temperature=0)], ids=str)
def test_torch_writes_the_same(config, decoding, monkeypatch):
    """Both read the same random numbers in the same way: only rounding can make texts part."""
    model = make(config, scale=4.0)
    draw = np.random.default_rng(0)
    prompts = [
        draw.integers(1, config.vocabulary, draw.integers(1, config.length)) for _ in range(70)
    ]
    ours = sample(model, prompts, 0, decoding, 1, CPU)
    monkeypatch.setenv(SWITCH, "torch")
    theirs = sample(model, prompts, 0, decoding, 1, CPU)
    same = sum(np.array_equal(one, other) for one, other in zip(ours, theirs, strict=True))
    assert same >= 69


def test_what_was_not_written_is_not_read(monkeypatch):
    """Memory full of what is no number changes nothing."""
    config = small(width=44, heads=2, feedforward=50, length=45, vocabulary=131)
    model, generator = make(config), torch.Generator().manual_seed(0)
    windows = torch.randint(131, (1, 3, 46), generator=generator)
    prompts = list(windows[0, :, :7].numpy())

    def results():
        texts = sample(model, prompts, 0, Decoding(top_p=0.9), 1, CPU)
        scores = score(model, list(windows[0].numpy()), CPU)
        return [*texts, *scores, *gradient.NativeGradient(model, 1.0)(windows)]

    before = results()
    for module in (gradient, reading, writing):
        nothing = lambda size, dtype: torch.full((size,), 255, dtype=dtype)  # noqa: E731
        monkeypatch.setattr(module, "torch", type("T", (), {**vars(torch), "empty": nothing}))
    for one, other in zip(before, results(), strict=True):
        assert np.array_equal(one, other)


def test_a_token_beyond_the_vocabulary_is_refused():
    write = NativeWriting(make(small()), 0, Decoding())
    with pytest.raises(IndexError, match="not among the 23 of the vocabulary"):
        write(np.array([[1, 23]]), np.zeros((1, 11, 1), np.float32), lambda _: None)


def test_as_many_rows_at_once_as_keys_and_values_fit_the_cache():
    assert rows_at_once(small()) == 64
    assert rows_at_once(small(width=128, layers=4, length=128)) == 16
    assert rows_at_once(small(width=4096, layers=32, length=4096)) == 8


def test_uniform_numbers_of_a_row_are_what_is_read():
    numbers = uniforms(3, 5, 1, Decoding())[0, 0]
    logits = np.log([0.25, 0.5, 0.25]).tolist()
    rows = sample(saying(logits), [np.array([0])] * 6, -1, Decoding(), 3, CPU)
    assert rows[5].tolist() == [int(np.searchsorted([0.25, 0.75], numbers, side="right"))]
