"""Human rows edited token by token, by the model's own probabilities."""

import logging

import numpy as np
import pytest
from benchsuite_generators.edit import Edit, EditParameters
from pydantic import ValidationError
from spoken_model import Says, human, request

from benchsuite.api import Context, Redrawn, make_part
from benchsuite.lm.device import Device

TEXTS = ["abcabc", "cab", "xaxbx", "b"]
HUMAN = human(TEXTS)
DEVICE = Device("cpu", "fp32")
LIKELY = {"a": 0.999, "b": 0.5, "c": 0.01, "x": 0.98}


class Redraws(Says):
    """Finds each letter as likely as `LIKELY` says, and draws its capital, or a letter given."""

    def __init__(self, *drawn):
        super().__init__("")
        self.drawn, self.seen = drawn, []

    def redraw(self, rows, decoding, first_row, context):
        assert all(row[0] == self.boundary for row in rows)
        found = []
        for number, row in enumerate(rows, first_row):
            random = np.random.default_rng([context.seed, number])
            self.seen.append((number, decoding))
            letters = [chr(token) for token in row[1:]]
            tokens = [
                ord(self.drawn[random.integers(len(self.drawn))] if self.drawn else each.upper())
                for each in letters
            ]
            likely = np.log([LIKELY.get(each, 0.5) for each in letters], dtype=np.float32)
            found.append(Redrawn(np.array(tokens), likely))
        return found


def made(current, amount=4, unit="rows", seed=0, rows=HUMAN, **parameters):
    generator = Edit(EditParameters(**parameters))
    return generator.generate(request(current, rows, amount, unit), Context(seed, DEVICE))


def by_parent(rows):
    return {parent: row["text"] for row in rows.to_pylist() for parent in row["parents"]}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["AbcAbc", "cAb", "xAxbx", "b"]),
        ({"above": 0.9}, ["AbcAbc", "cAb", "XAXbX", "b"]),
        ({"above": 0}, ["ABCABC", "CAB", "XAXBX", "B"]),
        ({"below": 0.1}, ["abCabC", "Cab", "xaxbx", "b"]),
        ({"below": 1}, ["ABCABC", "CAB", "XAXBX", "B"]),
    ],
    ids=str,
)
def test_tokens_on_one_side_of_a_probability_are_drawn_anew_and_all_others_stay(
    parameters, expected
):
    rows = made(Redraws(), **parameters)
    assert by_parent(rows) == {f"h{i}": text for i, text in enumerate(expected)}
    for row in rows.to_pylist():
        capitals = sum(letter.isupper() for letter in row["text"])
        assert row["edited"] == row["changed"] == capitals / len(row["text"])


def test_what_was_drawn_anew_may_be_what_was_there(caplog):
    with caplog.at_level(logging.INFO):
        rows = made(Redraws("a"), 16, above=0.9)
    edited = {row["parents"][0]: (row["edited"], row["changed"]) for row in rows.to_pylist()}
    assert edited == {"h0": (2 / 6, 0), "h1": (1 / 3, 0), "h2": (4 / 5, 3 / 5), "h3": (0, 0)}
    assert caplog.messages == [
        "generators/edit: 46.67% of 60 tokens were drawn anew, 20.00% became others."
    ]


def test_a_row_never_ends_before_its_end():
    assert by_parent(made(Redraws("\0"), above=0)) == {f"h{i}": t for i, t in enumerate(TEXTS)}
    assert set(made(Redraws("\0"), above=0)["edited"].to_pylist()) == {0.0}


def test_each_row_has_a_number_of_its_own_and_none_comes_twice_until_all_have():
    model = Redraws("y", "z")
    rows = made(model, 100, above=0)
    assert [number for number, _ in model.seen] == list(range(len(model.seen)))
    parents = [parent for (parent,) in rows["parents"].to_pylist()]
    assert all({*parents[i : i + 4]} == {"h0", "h1", "h2", "h3"} for i in range(0, 100, 4))
    first, again, other = (made(Redraws("y", "z"), 40, seed=s, above=0) for s in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_tokens_are_asked_for_with_the_ends_of_rows():
    texts = made(Redraws(), 3000, "tokens")["text"].to_pylist()
    sizes = [len(text) + 1 for text in texts]
    assert sum(sizes[:-1]) < 3000 <= sum(sizes)


def test_what_cannot_be_done_is_told():
    with pytest.raises(RuntimeError, match="no human training rows to edit"):
        made(Redraws(), rows=human([]))
    with pytest.raises(NotImplementedError, match=r"^Says cannot draw the tokens of rows anew$"):
        made(Says("a"))
    with pytest.raises(ValidationError, match="give above or below, not both"):
        EditParameters(above=0.9, below=0.1)
    with pytest.raises(ValidationError, match="less than 1"):
        EditParameters(above=1)


@pytest.mark.parametrize("name", ["learners/llama", "learners/transformers"])
def test_a_model_edits_the_tokens_that_it_scores_so(gpt2, name):
    model = make_part("learner", {"name": name, "base": str(gpt2), "length": 16}).open_base(DEVICE)
    rows = human(["the old cat sleeps by the sea", "cat, sea, old sea. The cat, the sea", "é"])
    scored = model.score(rows.train, Context(0, DEVICE)).log_probabilities
    probabilities = np.sort(np.exp(np.concatenate(scored)))
    above = float(probabilities[len(probabilities) // 2 :][:2].mean())  # on no token's border
    for row in made(model, 3, rows=rows, above=above).to_pylist():
        place = int(row["parents"][0][1:])
        likely = np.exp(scored[place][:-1]) > above  # the end is no token of the row
        assert row["edited"] == pytest.approx(likely.mean())
        assert (row["text"] == rows.train["text"][place].as_py()) == (row["changed"] == 0)
