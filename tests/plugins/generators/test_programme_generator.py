"""Rows by a programme: as many as asked for, by the seed, false as often as asked for."""

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_generators.filling import filled
from benchsuite_generators.programme import Programme
from benchsuite_worlds.parameters import Sized
from pydantic import ValidationError

from benchsuite.api import Context, Decoding, GenerationRequest, Tokens


class ByteCounter:
    """Counts bytes as tokens."""

    def tokens(self, rows):
        lengths = np.array([len(text.encode()) for text in rows["text"].to_pylist()], np.int32)
        return Tokens(np.zeros(int(lengths.sum()), np.int32), lengths)


def request(amount, unit="rows"):
    return GenerationRequest(ByteCounter(), None, amount, unit, Decoding())


def made(amount, unit="rows", seed=0, **parameters):
    generator = Programme(Sized(**parameters))
    return generator.generate(request(amount, unit), Context(seed, None))


@pytest.mark.parametrize("grammar", ["arithmetic", "logic", "biographies"])
def test_rows_are_true_unless_asked_otherwise(grammar):
    check = Sized(grammar=grammar).checker().check
    rows = made(500, grammar=grammar)
    assert rows.num_rows == 500
    assert all(check(text) is True for text in rows["text"].to_pylist())
    assert rows["parents"].to_pylist() == [[]] * 500
    false = made(2000, grammar=grammar, false=0.25)["text"].to_pylist()
    verdicts = [check(text) for text in false]
    assert set(verdicts) == {True, False}
    assert abs(verdicts.count(False) / 2000 - 0.25) < 4 * (0.25 * 0.75 / 2000) ** 0.5


def test_tokens_are_counted_with_ends_and_no_row_is_too_many():
    rows = made(10_000, "tokens", grammar="arithmetic")
    sizes = np.array([len(text) + 1 for text in rows["text"].to_pylist()])
    assert sizes[:-1].sum() < 10_000 <= sizes.sum()


def test_the_seed_decides_and_more_rows_begin_alike():
    few, many, other = (made(n, seed=s, grammar="logic") for n, s in [(50, 1), (500, 1), (50, 2)])
    assert few["text"].to_pylist() == many["text"].to_pylist()[:50] != other["text"].to_pylist()


def test_empty_rows_do_not_count_and_nothing_else_is_an_error():
    def more(count, texts=("a", "", "b")):
        return pa.table({"text": [texts[i % len(texts)] for i in range(count)]})

    rows = filled(more, request(10), Context(0, None))
    assert rows["text"].to_pylist() == list("abababa" + "aba")  # of ten, and of four
    with pytest.raises(RuntimeError, match="rows without text"):
        filled(lambda count: more(count, ("",)), request(10), Context(0, None))


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"grammar": "arithmetic", "size": 1}, "rows of 2 to 63 numbers, not 1"),
        ({"grammar": "logic", "size": 17}, "rows of 1 to 16 levels, not 17"),
        ({"grammar": "biographies", "size": 7}, "rows of 1 to 6 sentences, not 7"),
        ({"grammar": "prose"}, "'arithmetic', 'logic' or 'biographies'"),
        ({"grammar": "logic", "false": 1.5}, "less than or equal to 1"),
    ],
)
def test_parameters_that_mean_nothing(parameters, said):
    with pytest.raises(ValidationError, match=said):
        Sized(**parameters)
