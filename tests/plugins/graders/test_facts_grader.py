"""The grader of facts: statements about a world that rows or a seed make known."""

from itertools import islice

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_graders.facts import Facts, FactsParameters
from benchsuite_worlds.parameters import Sized
from pydantic import ValidationError

from benchsuite.api import Context, HumanRows

TOWNS = {"Avo": "Bel", "Cim": "Dur"}


def human(rows):
    table = pa.Table.from_pylist(rows)
    return HumanRows(table.append_column("split", pa.array(["train"] * len(rows))))


PEOPLE = human(
    [
        {"text": f"{land}: {town}.", "subject": land, "relation": "capital", "object": town}
        for land, town in TOWNS.items()
    ]
)


def graded(texts, rows_of_people, **parameters):
    grader = Facts(FactsParameters(**parameters))
    rows = pa.table({"text": pa.array(texts, pa.string())})
    return grader.grade(rows, None, rows_of_people, Context(0, None)).tolist()


def test_the_share_of_true_statements_among_those_that_can_be_checked():
    texts = [
        "Avo: Bel. And Cim: Dur.",
        "Avo: Bel. Avo: Dur. Cim: Bel. Zed: Bel.",
        "Cim: Bel.",
        "Zed: Bel.",
        "Avo.",
        "",
    ]
    assert graded(texts, PEOPLE) == pytest.approx([1, 1 / 3, 0, 0.5, 0.5, 0.5])
    assert graded(texts[3:5], PEOPLE, neutral=0.0) == [0, 0]
    assert graded([], PEOPLE) == []


def test_without_a_world_every_row_is_neutral():
    assert graded(["Avo: Bel."], human([{"text": "Avo: Bel."}]), neutral=1.0) == [1]


def test_biographies_need_no_human_rows():
    drawn = Sized(grammar="biographies", size=4, people=9, world_seed=2).drawer()
    rows = list(islice(drawn.rows(0, false=0.5), 100))
    found = graded(
        [row.text for row in rows], None, world="biographies", people=9, world_seed=2, neutral=0
    )
    sentences = np.array([row.text.count(".") for row in rows])
    false = np.array([not row.true for row in rows])
    assert found == pytest.approx(1 - false / sentences)


def test_a_neutral_score_is_a_share():
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        FactsParameters(neutral=2)
