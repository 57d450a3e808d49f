"""Correctness of samples: it reacts to false rows, to rows that state nothing, to other worlds."""

from itertools import islice

import pytest
from benchsuite_metrics.programme_correctness import ProgrammeCorrectness
from benchsuite_worlds.parameters import Sized

from benchsuite.api import Subject


def drawn(false, count=400, **parameters):
    wanted = Sized(grammar=parameters.pop("grammar"), false=false, **parameters)
    return list(islice(wanted.drawer().rows(7, false), count))


@pytest.mark.parametrize("grammar", ["arithmetic", "logic", "biographies"])
@pytest.mark.parametrize("false", [0.0, 0.25, 1.0])
def test_false_rows_lower_it(measure, human, table, grammar, false):
    rows = drawn(false, grammar=grammar)
    subject = Subject(human(), samples=table([row.text for row in rows]))
    found = measure(ProgrammeCorrectness, subject, grammar=grammar)
    true = sum(row.true for row in rows) / 400
    assert {(m.value, m.n) for m in found.values()} == {(true, 400)}
    assert found["all"].lower <= true <= found["all"].upper


def test_rows_that_state_nothing_lower_one_slice_alone(measure, human, table):
    texts = ["1 + 1 = 2", "2 + 2 = 5", "No sum.", "1 + 1 =", "2 * 3 = 6 and 1 - 1 = 0"]
    found = measure(
        ProgrammeCorrectness, Subject(human(), samples=table(texts)), grammar="arithmetic"
    )
    assert (found["all"].value, found["all"].n) == (2 / 5, 5)
    assert (found["stating"].value, found["stating"].n) == (2 / 3, 3)


def test_what_is_true_of_people_hangs_on_the_world(measure, human, table):
    texts = [row.text for row in drawn(0.0, grammar="biographies", world_seed=5, people=30)]
    subject = Subject(human(), samples=table(texts))
    found = measure(ProgrammeCorrectness, subject, grammar="biographies", world_seed=5, people=30)
    assert found["all"].value == 1.0
    found = measure(ProgrammeCorrectness, subject, grammar="biographies")
    assert (found["all"].value, found["stating"].value, found["stating"].n) == (0.0, None, 0)


def test_no_samples_no_value(measure, human, table):
    found = measure(ProgrammeCorrectness, Subject(human(), samples=table([])), grammar="logic")
    assert {(m.value, m.n) for m in found.values()} == {(None, 0)}
