"""A verifier: right as often as it is told to be, about what can be checked exactly."""

import re
from itertools import islice

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_graders.verifier import Verifier, VerifierParameters, balanced
from benchsuite_worlds.parameters import Sized
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from benchsuite.api import Context, UserError


def graded(rows, seed=0, **parameters):
    verifier = Verifier(VerifierParameters(**parameters))
    return verifier.grade(pa.table(rows), None, None, Context(seed, None))


def rates(true, false):
    return {"true_positive_rate": true, "false_positive_rate": false}


def test_rates_are_what_they_should_be_and_multiply_the_odds():
    """Keeping what is accepted multiplies the odds of a correct row by TPR / FPR."""
    count, correct = 40_000, 0.4
    rows = {"right": np.random.default_rng(1).random(count) < correct}
    for true, false in [(0.7, 0.5), (0.5, 0.7), (0.9, 0.1), (0.6, 0.6)]:
        accepted = graded(rows, column="right", **rates(true, false)) == 1
        right = rows["right"]
        for rate, seen in [(true, accepted[right]), (false, accepted[~right])]:
            assert abs(seen.mean() - rate) < 4 * (rate * (1 - rate) / len(seen)) ** 0.5
        kept, before = right[accepted].mean(), right.mean()
        expected = before / (1 - before) * true / false
        error = (1 / right[accepted].sum() + 1 / (~right)[accepted].sum()) ** 0.5
        assert abs(np.log(kept / (1 - kept)) - np.log(expected)) < 4 * error


def test_perfect_and_perverse_verifiers_leave_nothing_to_chance():
    rows = {"right": [True, False, True], "text": ["()", "(", "(]"]}
    assert graded(rows, column="right", **rates(1, 0)).tolist() == [1, 0, 1]
    assert graded(rows, column="right", **rates(0, 1)).tolist() == [0, 1, 0]
    assert graded(rows, check="brackets", **rates(1, 0)).tolist() == [1, 0, 0]


def test_the_seed_decides():
    rows = {"text": ["()"] * 200}
    first, again, other = (graded(rows, s, check="brackets", **rates(0.5, 0)) for s in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()


def test_numbers_patterns_and_arithmetic():
    sure = rates(1, 0)
    assert graded({"n": [0, 2, -1, 0.0]}, column="n", **sure).tolist() == [0, 1, 1, 0]
    texts = {"text": ["One.", "One.\nTwo.", "one.", "One"]}
    assert graded(texts, pattern=r"[A-Z].*\.", **sure).tolist() == [1, 1, 0, 0]
    texts = {"text": ["3 + 4 = 7", "3 + 4 = 8", "none", "2*3=6 and 9 - 10 = -1"]}
    assert graded(texts, check="arithmetic", **sure).tolist() == [1, 0, 0, 1]


@given(st.text("()[]{}ab", max_size=12))
def test_brackets_match_where_taking_pairs_out_leaves_none(text):
    left = re.sub(r"[^()\[\]{}]", "", text)
    for _ in range(len(left)):
        left = re.sub(r"\(\)|\[\]|\{\}", "", left)
    assert balanced(text) == (not left)


@pytest.mark.parametrize("check", ["arithmetic", "logic", "biographies"])
def test_a_grammar_finds_the_rows_that_are_true(check):
    drawn = list(islice(Sized(grammar=check).drawer().rows(5, false=0.5), 200))
    rows = {"text": [*(row.text for row in drawn), "Nothing is stated here.", ""]}
    right = [*(row.true for row in drawn), False, False]
    assert (graded(rows, check=check, **rates(1, 0)) == right).all()
    accepted = graded(rows, check=check, **rates(0.5, 0))
    assert 0 < accepted.sum() < sum(right)
    assert not accepted[~np.array(right)].any()


def test_biographies_are_those_of_the_verifiers_own_world():
    other = Sized(grammar="biographies", people=7, world_seed=3).drawer().rows(0)
    rows = {"text": [row.text for row in islice(other, 20)]}
    assert not graded(rows, check="biographies", **rates(1, 0)).any()
    assert graded(rows, check="biographies", people=7, world_seed=3, **rates(1, 0)).all()


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (rates(0.5, 0.5), "one of check, pattern and column"),
        ({**rates(0.5, 0.5), "column": "a", "pattern": "b"}, "one of check, pattern and column"),
        ({**rates(1.5, 0.5), "column": "a"}, "less than or equal to 1"),
        ({**rates(0.5, -0.1), "column": "a"}, "greater than or equal to 0"),
        ({"true_positive_rate": 1, "column": "a"}, "false_positive_rate"),
        ({**rates(0.5, 0.5), "pattern": "("}, "is no regular expression"),
        ({**rates(0.5, 0.5), "check": "spelling"}, "'arithmetic', 'logic' or 'biographies'"),
    ],
)
def test_parameters_that_mean_nothing(parameters, said):
    with pytest.raises(ValidationError, match=said):
        VerifierParameters(**parameters)


def test_a_column_that_is_not_there():
    with pytest.raises(UserError, match="reads the column right; rows have text, id"):
        graded({"text": ["a"], "id": ["b"]}, column="right", **rates(1, 0))
