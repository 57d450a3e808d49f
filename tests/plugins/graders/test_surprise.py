"""Surprise: the wanted place among the rows, by whoever is surprised."""

import numpy as np
import pytest
from benchsuite_graders.surprise import Surprise, SurpriseParameters, quantiles
from made_up_rows import CONTEXT, Human, Letters, table
from scipy.stats import rankdata

WORTH = {"a": -1.0, "b": -2.0, "c": -3.0, "d": -4.0}


def graded(texts, human=(), strangers=0, **parameters):
    grader = Surprise(SurpriseParameters(**parameters))
    model = Letters(WORTH)
    return grader.grade(table(texts, strangers), model, Human(list(human)), CONTEXT).tolist()


def test_places_by_hand():
    """Quantiles of a, d, b, c are 1/8, 7/8, 3/8 and 5/8."""
    assert graded(list("adbc"), target=1.0) == [1 / 8, 7 / 8, 3 / 8, 5 / 8]
    assert graded(list("adbc"), target=0.625) == [0.5, 0.75, 0.75, 1]
    assert graded(list("adbc"), target=0.0) == [7 / 8, 1 / 8, 5 / 8, 3 / 8]


def test_the_upper_half_is_the_best_half_by_default():
    random = np.random.default_rng(2)
    texts = ["".join(random.choice(list("abcd"), 30)) for _ in range(40)]
    surprise = [-sum(WORTH[letter] for letter in text) for text in texts]
    kept = np.argsort(-np.array(graded(texts)), kind="stable")[:20]
    assert min(surprise[i] for i in kept) >= np.median(surprise)


def test_means_ignore_length_and_sums_do_not():
    assert graded(["dd", "aaaaaaaaaaaa"], target=1.0) == [0.75, 0.25]
    assert graded(["dd", "aaaaaaaaaaaa"], target=1.0, per="row") == [0.25, 0.75]


def test_strangers_are_placed_among_the_others():
    assert graded(["b", "z", *"adbc"], strangers=2, target=1.0)[:2] == [3 / 8, 1]
    assert graded(["b", "z", *"adbc"], strangers=2, target=1.0)[2:] == graded("adbc", target=1.0)
    assert graded(["a", "d"], strangers=2, target=1.0) == [0.25, 0.75]


def test_a_reference_is_surprised_by_what_it_did_not_read():
    assert graded(["abab", "dddd"], ["abab"] * 3, model="ngram", order=2, target=1) == [0.25, 0.75]
    assert Surprise(SurpriseParameters(model="ngram")).fingerprint() == ""
    assert Surprise(SurpriseParameters()).fingerprint() == ""


@pytest.mark.parametrize("seed", range(3))
def test_quantiles_are_middle_ranks(seed):
    values = np.random.default_rng(seed).integers(8, size=30).astype(float)
    expected = (rankdata(values) - 0.5) / 30
    np.testing.assert_allclose(quantiles(values, values), expected)


def test_no_rows():
    assert graded([]) == []
