"""What generators make: checked, and given ids and parents."""

import pyarrow as pa
import pytest

from benchsuite.engine.operations.generate import _check_texts, _parents, _yield
from benchsuite.engine.operations.prompts import Prompt


def rows(texts, kind=None):
    return pa.table({"text": pa.array(texts, kind or pa.string())})


def invalid():
    """A column of text that Arrow was told is UTF-8 and is not."""
    return pa.table({"text": pa.array([b"good", b"\xff\xfe"]).view(pa.string())})


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (pa.table({"body": ["a"]}), "its rows have no column text, only body"),
        (rows(["a", "", None, "b"]), "it made 2 empty rows of 4"),
        (rows(["x" * (2**20 + 1)]), "it made a row of 1,048,577 bytes; at most 1,048,576"),
        (invalid(), "it made text that is not valid UTF-8"),
    ],
)
def test_texts_that_no_model_should_learn_from_are_refused(made, said):
    with pytest.raises(RuntimeError, match=said):
        _check_texts(made)


def test_good_texts_pass():
    _check_texts(rows(["a", "x" * 2**20, "\N{SNOWMAN}"]))
    _check_texts(rows(["a"], pa.large_string()))
    _check_texts(rows([]))


def test_parents_are_the_rows_behind_a_prompt():
    prompted = [Prompt("The", "h1"), Prompt("A", "h2"), Prompt("The", "h3"), Prompt("On", None)]
    made = pa.table({"prompt": ["A", "The", "On", None, "other"]})
    assert _parents(made, prompted).to_pylist() == [["h2"], ["h1", "h3"], [], [], []]
    assert _parents(made, []).to_pylist() == [[]] * 5


@pytest.mark.parametrize(("given", "share"), [({}, 1.0), ({"yield": [0.25, 0.25]}, 0.25)])
def test_the_yield_says_what_share_of_what_was_written_was_kept(given, share):
    assert _yield(pa.table({"text": ["a", "b"], **given})) == share
    assert _yield(pa.table({"yield": pa.array([], pa.float64())})) == 1.0
