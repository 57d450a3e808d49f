"""Grammars: what they draw is what they find, and hostile text neither deceives nor stops them."""

import re
from itertools import islice
from random import Random

import pytest
from benchsuite_worlds.arithmetic import MOST_DIGITS, MOST_NUMBERS, Arithmetic
from benchsuite_worlds.biographies import RELATIONS, Biographies
from benchsuite_worlds.logic import Logic
from hypothesis import given
from hypothesis import strategies as st

PEOPLE = Biographies(people=20)
GRAMMARS = [Arithmetic(), Arithmetic(2, 12, 18), Logic(), Logic(1, 9), PEOPLE, Biographies(3, 6)]
SEEDS = st.integers(0, 2**32)


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: type(grammar).__name__)
@given(seed=SEEDS, true=st.booleans())
def test_what_is_drawn_is_judged_right(grammar, seed, true):
    drawn = grammar.draw(Random(seed), true=true)
    assert drawn.true == true
    assert grammar.check(drawn.text) == true
    assert "\n" not in drawn.text


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: type(grammar).__name__)
def test_rows_follow_from_the_seed_and_are_false_as_often_as_asked(grammar):
    first, again, other = (list(islice(grammar.rows(seed, 0.3), 2000)) for seed in (1, 1, 2))
    assert first == again != other
    assert abs(sum(not row.true for row in first) / 2000 - 0.3) < 4 * (0.21 / 2000) ** 0.5
    assert all(row.true for row in islice(grammar.rows(1), 200))


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: type(grammar).__name__)
@given(text=st.text("0123456789+-*=() .\ntruefalsandonx", max_size=60))
def test_any_text_can_be_judged(grammar, text):
    assert grammar.check(text) in {True, False, None}


@pytest.mark.parametrize("grammar", GRAMMARS[::2], ids=lambda grammar: type(grammar).__name__)
@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "(" * 50_000 + "true and true",
        "1 " * 50_000 + "= 1",
        "1 + " * 50_000 + "1 = 3",
        "1 = " * 50_000 + "2",
        "- " * 50_000 + "= 1 + 1",
        "9" * 100_000 + " + 1 = 3",
        "The birthplace of " * 20_000,
        "a" * 100_000,
        "=\n" * 50_000,
    ],
    ids=lambda text: text[:12],
)
def test_long_text_that_states_nothing(grammar, text):
    assert grammar.check(text) is None


# -- arithmetic -------------------------------------------------------------------------------

numbers = st.integers(-(10**20), 10**20)


@given(numbers, st.lists(st.tuples(st.sampled_from("+-*"), numbers), min_size=1), st.booleans())
def test_equations_are_true_where_python_finds_them_so(first, rest, spaced):
    left = f"{first}" + "".join(f" {sign} {number}" for sign, number in rest)
    result = eval(left)  # noqa: S307 (numbers and signs)
    if not spaced:
        left = left.replace(" ", "")
    for wrong in (0, 1, -10):
        assert Arithmetic().check(f"so {left} = {result + wrong}, or 1+1=2") == (wrong == 0)


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("1 + 2 * 3 = 7", True),
        ("1 + 1 = 3 - 1", True),
        ("3 + 4 = 7 = 8", False),
        ("3 + 4 = 7 + 1 = 8", False),
        ("3 + 4 = 7 3 + 5 = 8", True),
        ("3 + 4 = 7\n3 + 5 = 9", False),
        ("(3 + 4 = 7). 'Yes: 3+4=7!' $3+4=7$, 1, 2, 3 + 4 = 7.", True),
        ("5 - -3 = 8, 5--3=8 and 007 + 1 = 8", True),
        ("9" * MOST_DIGITS + " + 1 = 1" + "0" * MOST_DIGITS, None),
        ("9" * (MOST_DIGITS - 1) + " + 1 = 1" + "0" * (MOST_DIGITS - 1), True),
        ("0 + " * (MOST_NUMBERS - 2) + "0 = 0", True),
        ("0 + " * (MOST_NUMBERS - 1) + "0 = 0", None),
        ("7 = 7", None),
        ("", None),
    ],
)
def test_equations_by_hand(text, true):
    assert Arithmetic().check(text) is true


@pytest.mark.parametrize(
    "text",
    [
        *(
            "x + 1 = 2",
            "1 + 1 = 2.5",
            "0.1 + 1 = 2",
            "1,001 + 1 = 2",
            "1 + 1 = 2,000",
            ".1 + 1 = 2",
        ),
        *("x1 + 1 = 2", "1 + 1 = 2x", "1 + 1 = 2e3", "10 / 1 + 1 = 2", "1 + 1 = 2 / 2"),
        *("1 + 1 = 2^2", "1 + 1 = 2%", "1 + 1 = 2_0", "/ 1 + 1 = 2"),
        *("f(1)-1 + 1 = 2", "1 + 1 = 2(3)", "- 1 + 1 = 2", "1 + + 1 = 2", "1 + 1 =", "= 1 + 1"),
        *(
            "1 + 1 = \u0662",
            "1'001 + 1 = 2",
            "1 \u2212 1 = 2",
            "3 \xd7 1 + 1 = 2",
            "1 + 1 == 2",
            "1 + 1 =\n2",
        ),
    ],
)
def test_numbers_that_are_part_of_something_else(text):
    assert Arithmetic().check(text) is None


# -- logic ------------------------------------------------------------------------------------

expressions = st.recursive(
    st.sampled_from(["true", "false"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join)
        | inner.map("not ({})".format)
        | inner.map("not not({} )".format)
        | inner.map("({})".format)
    ),
    max_leaves=12,
)


@given(expressions)
def test_expressions_have_the_value_that_python_gives_them(text):
    value = eval(text.replace("true", "True").replace("false", "False"))  # noqa: S307 (as above)
    stating = re.search("and|or|not", text) is not None
    right, wrong = (f"{text} = {str(v).lower()}" for v in (value, not value))
    assert Logic().check(right) is (True if stating else None)
    assert Logic().check(f"Prose = prose.\n {wrong}\n") is (False if stating else None)
    assert Logic().check(f"{right}\n{wrong}") is (False if stating else None)


def test_no_depth_is_too_deep():
    assert Logic().check("(" * 100_000 + "not false" + ")" * 100_000 + " = true") is True
    assert Logic().check("not " * 100_001 + "true = true") is False


@pytest.mark.parametrize(
    "text",
    [
        *("true = true", "true and = true", "and true = true", "true true = true", "not = true"),
        *("(true and true = true", "true and true) = true", "() and true = true", "true and true"),
        *("trueand true = true", "true and true = not false", "true and true = true = true"),
        *("True and true = true", "Well, true and true = true", "true and true = true.", "= true"),
        *("true not and true = true", "true (and) true = true", "true and true == true"),
    ],
)
def test_lines_that_are_no_expression_with_its_value(text):
    assert Logic().check(text) is None


# -- biographies ------------------------------------------------------------------------------


@given(SEEDS)
def test_a_biography_states_what_it_says_it_states(seed):
    drawn = PEOPLE.draw(Random(seed))
    assert len({fact.relation for fact in drawn.states}) == len(drawn.states)
    for fact, sentence in zip(drawn.states, re.findall(r"[^.]+\.", drawn.text), strict=True):
        assert fact.subject in sentence
        assert fact.object in sentence
        other = sentence.replace(fact.object, "Nowhere")
        assert (PEOPLE.check(sentence), PEOPLE.check(other)) == (True, False)


def test_every_fact_of_a_world_has_one_object_in_every_wording():
    found = {}
    for row in islice(PEOPLE.rows(0), 3000):
        for fact in row.states:
            assert found.setdefault(fact[:2], fact.object) == fact.object
    assert len(found) == 20 * len(RELATIONS)


def test_worlds_differ_by_their_seed_and_of_others_nothing_is_known():
    rows = [row.text for row in islice(PEOPLE.rows(0), 100)]
    other = Biographies(people=20, world=1)
    assert {other.check(row) for row in rows} == {None}
    assert Biographies(people=20).check(rows[0]) is True
    assert PEOPLE.check("She was born in the year 1950. Nobody plays the harp.") is None
