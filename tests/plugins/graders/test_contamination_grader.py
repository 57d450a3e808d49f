"""What stands in evaluation sets: runs of words, found wherever a file holds them."""

import json

import pytest
from benchsuite_graders.contamination import Contamination, ContaminationParameters
from benchsuite_words.evaluation_texts import texts_of
from made_up_rows import CONTEXT, Human, table
from pydantic import ValidationError

from benchsuite.api import UserError, dataset


class Files:
    """A set of files that are there."""

    name = "made/up"

    def __init__(self, **files):
        self.published = {name.replace("_", "."): content for name, content in files.items()}

    def read(self, file):
        return self.published[file]


def graded(texts, human=None, **parameters):
    grader = Contamination(ContaminationParameters(**parameters))
    return grader.grade(table(texts), None, human or Human(), CONTEXT).tolist()


def test_shares_by_hand():
    human = Human(train=["never read"], test=["One two three four."], out_of_domain=["a b c"])
    texts = [
        "ONE, two three!",
        "zero one two three four five",
        "one two",
        "x a b c",
        "never read it",
    ]
    assert graded(texts, human, n=3) == [1, 0.5, 0, 0.5, 0]
    assert graded([], human) == []


def test_runs_do_not_cross_texts():
    human = Human(test=["one two", "three four"])
    assert graded(["one two three four"], human, n=2) == [pytest.approx(2 / 3)]


def test_every_text_of_a_file_counts():
    rows = [{"a": "one", "b": ["two", {"c": "three", "n": 4, "none": None}]}]
    found = Files(
        x_jsonl="\n".join(map(json.dumps, rows)).encode(),
        y_json=json.dumps(rows).encode(),
        z_csv=b'name,"a, b"\nfour,five\n',
        w_txt=b"six\nseven\n",
    )
    told = ["one", "two", "three"]
    assert list(texts_of(found)) == [*told, *told, "name", "a, b", "four", "five", "six", "seven"]


def test_a_file_that_is_not_text():
    with pytest.raises(UserError, match=r"x.json of made/up cannot be read as text"):
        list(texts_of(Files(x_json=b"{")))


def test_published_sets_are_named_in_full_and_had_at_hand():
    parameters = ContaminationParameters(sets=["test", "lambada"])
    assert parameters.sets == ("test", "generalization/lambada")
    assert list(Contamination(parameters).datasets()) == ["generalization/lambada"]
    assert list(Contamination(ContaminationParameters()).datasets()) == []
    with pytest.raises(ValidationError, match="no data set lambda"):
        ContaminationParameters(sets=["lambda"])


def test_a_published_set_is_found_in_rows():
    if dataset("tinyshakespeare").published["input.txt"].place() == "nowhere":
        pytest.skip("human/tinyshakespeare is neither in a data root nor in the cache")
    line = dataset("human/tinyshakespeare").read("input.txt").decode().splitlines()[1]
    assert line == "Before we proceed any further, hear me speak."
    assert graded([line, "nothing of it " * 4], sets=["tinyshakespeare"]) == [1, 0]
