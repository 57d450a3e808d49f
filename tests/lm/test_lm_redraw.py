"""Tokens drawn anew: by the model's distribution after the actual ones, each row its own."""

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from small_models import CPU, logits, make, small

from benchsuite.lm import loss as lm_loss
from benchsuite.lm import redraw as lm_redraw
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.device import Device
from benchsuite.lm.redraw import redraw
from benchsuite.lm.score import score

MODEL = make(small(), scale=3.0)
LENGTH, VOCABULARY = MODEL.config.length, MODEL.config.vocabulary
PLAIN = Decoding()
UNLIKELY = 1e-4
"""The seeds are fixed: a p-value below this is a wrong distribution, not bad luck."""


def rows_of(lengths, seed=0):
    random = np.random.default_rng(seed)
    return [random.integers(VOCABULARY, size=n) for n in lengths]


def tokens(found):
    return [each.tokens.tolist() for each in found]


@pytest.mark.parametrize(
    "decoding", [PLAIN, Decoding(temperature=0.6), Decoding(top_k=4), Decoding(top_p=0.7)], ids=str
)
def test_each_place_follows_the_models_distribution_given_the_actual_tokens(decoding):
    (row,) = rows_of([LENGTH + 1])
    drawn = np.stack(tokens(redraw(MODEL, [row] * 3000, decoding, 1, CPU)))
    predicted = logits(MODEL, torch.from_numpy(row[None, :-1]))[0] / decoding.temperature
    for place, scores in enumerate(predicted.double().softmax(-1).numpy()):
        order = np.argsort(-scores)
        before = np.cumsum(scores[order]) - scores[order]
        left = order[before < decoding.top_p][: decoding.top_k]
        counts = np.bincount(drawn[:, place], minlength=VOCABULARY)
        assert counts.sum() == counts[left].sum()
        expected = 3000 * scores[left] / scores[left].sum()
        common = expected > 5
        counts = [*counts[left][common], counts[left][~common].sum()]
        expected = [*expected[common], expected[~common].sum()]
        keep = len(expected) if expected[-1] > 0 else -1
        if len(expected[:keep]) > 1:
            assert chisquare(counts[:keep], expected[:keep]).pvalue > UNLIKELY


def test_places_are_drawn_apart():
    """What is drawn in one place tells nothing of the next: neither is read."""
    (row,) = rows_of([4])
    drawn = np.stack(tokens(redraw(MODEL, [row] * 4000, PLAIN, 1, CPU)))
    likely = [np.bincount(column).argmax() for column in drawn.T]
    first, second = drawn[:, 0] == likely[0], drawn[:, 1] == likely[1]
    assert (first & second).mean() == pytest.approx(first.mean() * second.mean(), abs=0.03)


def test_scores_are_those_of_scoring_whatever_the_decoding():
    rows = rows_of([2, 40, LENGTH + 1, 1, 0, 5, 5])
    for decoding in (PLAIN, Decoding(temperature=0.3, top_k=2)):
        found = redraw(MODEL, rows, decoding, 0, CPU)
        for each, expected in zip(found, score(MODEL, rows, CPU), strict=True):
            np.testing.assert_allclose(each.log_probabilities, expected, atol=2e-5)
            assert each.tokens.shape == expected.shape
    assert redraw(MODEL, [], PLAIN, 0, CPU) == []
    assert [len(each.tokens) for each in redraw(MODEL, rows_of([1, 0]), PLAIN, 0, CPU)] == [0, 0]


def test_the_likeliest_tokens_are_drawn_where_the_temperature_is_zero():
    (row,) = rows_of([LENGTH + 1])
    (found,) = redraw(MODEL, [row], Decoding(temperature=0), 0, CPU)
    predicted = logits(MODEL, torch.from_numpy(row[None, :-1]))[0]
    assert found.tokens.tolist() == predicted.argmax(-1).tolist()


@pytest.mark.parametrize("decoding", [PLAIN, Decoding(top_p=0.8)], ids=str)
def test_a_row_draws_by_its_own_number_whatever_its_neighbours(decoding, monkeypatch):
    rows = rows_of([40, 3, 12, 13, 14, 2, 60, 12])
    rows[4][:9] = rows[3][:9]  # a prefix in common
    together = tokens(redraw(MODEL, rows, decoding, 7, CPU, first_row=5))
    alone = [
        tokens(redraw(MODEL, [row], decoding, 7, CPU, first_row=5 + i))[0]
        for i, row in enumerate(rows)
    ]
    assert together == alone
    assert tokens(redraw(MODEL, rows, decoding, 7, Device("cpu", "fp32", 3), 5)) == together
    assert tokens(redraw(MODEL, rows, decoding, 8, CPU, 5)) != together
    same = tokens(redraw(MODEL, [rows[6]] * 2, decoding, 7, CPU))
    assert same[0] != same[1]
    monkeypatch.setitem(lm_redraw.TOKENS_A_BATCH, "cpu", 20)
    monkeypatch.setitem(lm_loss._LOGITS_AT_ONCE, "cpu", 3 * VOCABULARY)
    assert tokens(redraw(MODEL, rows, decoding, 7, CPU, first_row=5)) == together
