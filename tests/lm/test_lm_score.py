"""Scores: transformers' log-probabilities, in the documented windows."""

import numpy as np
import pytest
import torch
from small_models import CPU, in_transformers, make, small

from benchsuite.lm import score as lm_score
from benchsuite.lm.device import Device
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.score import score, score_all, score_ends

MODEL = make(small(), scale=3.0)
LENGTH = MODEL.config.length
pytestmark = pytest.mark.usefixtures("kernels")


@pytest.fixture(scope="module")
def reference():
    """Log-probabilities of all tokens but the first, from one pass of transformers."""
    theirs = in_transformers(MODEL)

    def read(row):
        tokens = torch.from_numpy(np.asarray(row))[None]
        with torch.no_grad():
            predicted = theirs(tokens[:, :-1]).logits.log_softmax(-1)
        return predicted.gather(-1, tokens[:, 1:, None])[0, :, 0].numpy()

    return read


def rows_of(lengths, seed=0):
    random = np.random.default_rng(seed)
    return [random.integers(MODEL.config.vocabulary, size=n) for n in lengths]


def close(found, expected):
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_rows_within_the_context(reference):
    rows = rows_of([2, LENGTH + 1, 5, 3, LENGTH, 5, 9])
    for found, row in zip(score(MODEL, rows, CPU), rows, strict=True):
        assert len(found) == len(row) - 1
        close(found, reference(row))
    assert np.std(reference(rows[1])) > 0.1


@pytest.mark.parametrize("length", [LENGTH + 2, LENGTH + 6, LENGTH + 7, LENGTH + 8, 3 * LENGTH, 50])
def test_rows_beyond_the_context_are_read_in_windows_half_of_it_apart(reference, length):
    (row,) = rows_of([length])
    expected = list(reference(row[: LENGTH + 1]))
    while len(expected) < length - 1:
        stop = min(len(expected) + LENGTH // 2, length - 1)
        window = reference(row[stop - LENGTH : stop + 1])  # always a whole context
        expected += list(window[len(expected) - (stop - LENGTH) :])
    (found,) = score(MODEL, [row], CPU)
    close(found, expected)


@pytest.mark.parametrize("length", [2, 5, 12, 13, 14, 18, 19, 24, 25, 26, 100])
def test_each_token_is_scored_once_and_sees_half_a_context(length):
    row = np.arange(length)
    spans = list(lm_score.spans_of(row, 30, LENGTH))
    assert np.concatenate([span.targets for span in spans]).tolist() == list(range(1, length))
    for i, span in enumerate(spans):
        assert span.at == 30 + span.targets[0] - 1
        assert len(span.tokens) <= LENGTH
        assert span.tokens[-1] + 1 == span.targets[-1]
        assert i == 0 or span.targets[0] - span.tokens[0] > LENGTH // 2


@pytest.mark.parametrize("length", [2, 3, 5])
def test_small_and_odd_contexts(length):
    model = make(small(length=length))
    (row,) = rows_of([23])
    (found,) = score(model, [row], CPU)
    assert len(found) == 22
    assert (found < 0).all()


def test_no_rows_and_rows_with_nothing_to_score():
    assert score(MODEL, [], CPU) == []
    found = score(MODEL, rows_of([1, 4, 0, 1]), CPU)
    assert [len(scores) for scores in found] == [0, 3, 0, 0]


def test_a_row_does_not_depend_on_its_neighbours():
    rows = rows_of([40, 3, 12, 13, 14, 2, 60, 12])
    together = score(MODEL, rows, CPU)
    for row, found in zip(rows, together, strict=True):
        (alone,) = score(MODEL, [row], CPU)
        close(found, alone)
    backwards = score(MODEL, rows[::-1], CPU)[::-1]
    for found, other in zip(together, backwards, strict=True):
        close(found, other)


@pytest.mark.parametrize("tokens", [1, 30, 100_000])
def test_the_size_of_batches_changes_nothing(monkeypatch, tokens):
    rows = rows_of([40, 3, 12, 13, 14, 2, 60, 12])
    expected = score(MODEL, rows, CPU)
    monkeypatch.setitem(lm_score.TOKENS_A_BATCH, "cpu", tokens)
    for found, other in zip(score(MODEL, rows, CPU), expected, strict=True):
        close(found, other)


def test_progress_adds_up_to_what_was_scored():
    seen = []
    rows = rows_of([40, 3, 12, 1, 90])
    score(MODEL, rows, CPU, seen.append)
    assert sum(seen) == sum(len(row) - 1 for row in rows)


@pytest.mark.parametrize("threads", [1, 3])
def test_members_of_a_stack_and_threads_score_as_if_alone(threads):
    rows = rows_of([40, 3, 12, 13, 14, 2, 60, 12])
    models = [make(small(), seed=seed, scale=3.0) for seed in range(3)]
    device = Device("cpu", "fp32", threads)
    together = score_all(LanguageModel.stack(models), rows, device)
    for model, found in zip(models, together, strict=True):
        for scores, alone in zip(found, score(model, rows, CPU), strict=True):
            close(scores, alone)


def test_ends_of_rows_within_the_context(reference):
    rows = rows_of([5, 2, LENGTH + 1, 3 * LENGTH, 5, 9])
    rows[4][:4] = rows[0][:4]  # a prefix in common
    counts = [2, 1, LENGTH, 3, 4, 0]
    found = score_ends(MODEL, rows, counts, CPU)
    for (scores, greedy), row, count in zip(found, rows, counts, strict=True):
        read = reference(row[-LENGTH - 1 :])
        close(scores, read[len(read) - count :])
        assert greedy.shape == (count,)
    assert score_ends(MODEL, [], [], CPU) == []


def test_greedy_tokens_are_those_that_transformers_finds_likeliest():
    rows = rows_of([LENGTH + 1] * 8, seed=3)
    theirs = in_transformers(MODEL)
    for row in rows:  # each second token is the likeliest after those before it
        for i in range(2, LENGTH + 1, 2):
            with torch.no_grad():
                row[i] = theirs(torch.from_numpy(row[None, :i])).logits[0, -1].argmax()
    found = score_ends(MODEL, rows, [LENGTH] * 8, CPU)
    greedy = np.stack([each.greedy for each in found])
    assert greedy[:, 1::2].all()
    assert not greedy[:, ::2].all()


@pytest.mark.parametrize("count", [-1, 3, LENGTH + 1])
def test_ends_that_do_not_fit_are_refused(count):
    row = rows_of([3 if count == 3 else 2 * LENGTH])
    with pytest.raises(ValueError, match="do not fit"):
        score_ends(MODEL, row, [count], CPU)
