"""Rows graded, and the rule applied to the grades."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_components import Large, Mean, MeanModel, Near
from made_up_suite import made_by, work_on

from benchsuite.api import Parameters
from benchsuite.engine import work as engine_work
from benchsuite.engine.operations import grade
from benchsuite.engine.operations.rules import best_share


def brute_force(scores, sizes, share):
    """The best rows, the earlier of equals first, until they hold the share."""
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    chosen, held = [False] * len(scores), 0
    for i in order:
        if held >= share * sum(sizes):
            break
        chosen[i] = True
        held += sizes[i]
    return chosen


ROWS = st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 9)), max_size=14)


@given(ROWS, st.sampled_from([0.25, 0.5, 0.75, 1.0, 0.125]))
def test_the_best_share_is_what_brute_force_finds(rows, share):
    scores, sizes = [float(s) for s, _ in rows], [n for _, n in rows]
    found = best_share(np.array(scores), np.array(sizes), share)
    assert found.tolist() == brute_force(scores, sizes, share)


def test_ties_go_to_the_earlier_row():
    scores = np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0])
    assert best_share(scores, np.ones(6), 0.5).tolist() == [False, True] * 3
    assert best_share(scores, np.ones(6), 4 / 6).tolist() == [True, True, False, True, False, True]
    assert best_share(np.zeros(4), np.ones(4), 0.5).tolist() == [True, True, False, False]


def test_the_row_that_reaches_the_share_is_kept():
    assert best_share(np.array([3.0, 2.0, 1.0]), np.array([4, 4, 2]), 0.5).tolist() == [
        *(True, True, False)
    ]
    assert best_share(np.array([3.0, 2.0]), np.array([1, 99]), 0.01).tolist() == [True, False]


@pytest.mark.parametrize("rows", [3, 10, 29, 50, 100, 1000])
def test_hundredths_of_a_number_of_rows_are_counted_exactly(rows):
    for hundredths in range(1, 101):
        kept = best_share(np.arange(rows), np.ones(rows), hundredths / 100).sum()
        assert kept == -(-rows * hundredths // 100), hundredths  # rounded up


# -- the step -------------------------------------------------------------------------------

VALUES = [5.0, 1.0, 4.0, 2.0, 3.0, 9.0]


NO_RULE = dict.fromkeys(("weight", "resample", "power", "at_most"))


def written(values=VALUES, **more):
    return pa.table({"value": values, "id": [f"s{i}" for i in range(len(values))], **more})


def graded(folder, grader, rows, best=0.5, unit="rows", mean=3.0, threshold=None, **rule):
    """Grade rows with a model whose mean is known."""
    engine_work._opened.clear()
    learner = Mean(Mean.parameters_type())
    learner.open = lambda directory, device: MeanModel(mean)
    inputs = {"rows": [rows], "model": [pa.table({})], "human": [pa.table({"split": ["train"]})]}
    keep = {"best": best, "threshold": threshold, **NO_RULE, **rule}
    arguments = {"keep": keep, "unit": unit}
    component = grader(Parameters())
    return made_by(grade, work_on(folder, arguments, inputs, component, learner))


def test_scores_and_choice_are_written_beside_the_rows(tmp_path):
    rows = graded(tmp_path, Large, written())
    assert rows["value"].to_pylist() == VALUES
    assert rows["kept"].to_pylist() == [True, False, True, False, False, True]
    assert rows["grades"].to_pylist() == [
        [{"grader": "acme/component", "score": value}] for value in VALUES
    ]


def test_where_lower_is_better_the_lowest_are_kept(tmp_path):
    rows = graded(tmp_path, Near, written())  # distances 2, 2, 1, 1, 0, 6
    assert rows["kept"].to_pylist() == [False, False, True, True, True, False]
    assert [grades[0]["score"] for grades in rows["grades"].to_pylist()] == [2, 2, 1, 1, 0, 6]


def test_a_second_grader_sees_what_the_first_kept(tmp_path):
    first = graded(tmp_path / "first", Near, written(), best=4 / 6)
    assert first["kept"].to_pylist() == [True, False, True, True, True, False]
    second = graded(tmp_path / "second", Large, first, best=0.5)
    assert second["kept"].to_pylist() == [True, False, True, False, False, False]
    assert [len(grades) for grades in second["grades"].to_pylist()] == [2, 1, 2, 2, 2, 1]
    assert [grade["score"] for grade in second["grades"].to_pylist()[2]] == [1.0, 4.0]
    assert second["id"].to_pylist() == first["id"].to_pylist()


def test_a_budget_in_tokens_keeps_a_share_of_the_tokens(tmp_path):
    tokens = pa.array([2, 1, 1, 1, 1, 6], pa.int32())
    by_tokens = graded(tmp_path / "tokens", Large, written(tokens=tokens), unit="tokens")
    assert by_tokens["kept"].to_pylist() == [False] * 5 + [True]
    by_rows = graded(tmp_path / "rows", Large, written(tokens=tokens), unit="rows")
    assert sum(by_rows["kept"].to_pylist()) == 3


def test_a_share_of_one_keeps_all(tmp_path):
    assert all(graded(tmp_path, Large, written(), best=1.0)["kept"].to_pylist())


def test_a_threshold_keeps_what_reaches_it(tmp_path):
    high = graded(tmp_path / "high", Large, written(), best=None, threshold=4.0)
    assert high["kept"].to_pylist() == [True, False, True, False, False, True]
    low = graded(tmp_path / "low", Near, written(), best=None, threshold=1.0)  # lower is better
    assert low["kept"].to_pylist() == [False, False, True, True, True, False]
    none = graded(tmp_path / "none", Large, written(), best=None, threshold=9.5)
    assert not any(none["kept"].to_pylist())


class Short(Large):
    def grade(self, *arguments):
        return super().grade(*arguments)[1:]


class NotANumber(Large):
    def grade(self, *arguments):
        return super().grade(*arguments) * np.nan


@pytest.mark.parametrize("grader", [Short, NotANumber])
def test_a_grader_must_give_each_row_a_score(tmp_path, grader):
    with pytest.raises(RuntimeError, match="one finite score for each of 6 rows"):
        graded(tmp_path, grader, written())
    assert not list((tmp_path / "made").iterdir())


def test_rows_that_a_rule_draws_again_and_again_have_copies(tmp_path):
    first = graded(tmp_path / "first", Large, written(), best=None, resample=2.0, at_most=3)
    copies = first["copies"].to_pylist()
    assert sum(copies) == 12
    assert max(copies) <= 3
    assert first["kept"].to_pylist() == [c > 0 for c in copies]
    assert first["id"].to_pylist() == written()["id"].to_pylist()
    again = graded(tmp_path / "again", Large, written(), best=None, resample=2.0, at_most=3)
    assert again.equals(first)


def test_a_second_rule_counts_copies_of_the_first(tmp_path):
    first = graded(tmp_path / "first", Large, written(), best=None, resample=2.0)
    second = graded(tmp_path / "second", Large, first, best=0.5)
    best = sorted(zip(VALUES, first["copies"].to_pylist(), strict=True), reverse=True)
    kept = dict(zip(VALUES, second["copies"].to_pylist(), strict=True))
    held = 0
    for value, copies in best:
        assert kept[value] == (copies if held < 6 else 0)
        held += copies


def test_only_a_grader_that_has_the_model_read_costs_operations(tmp_path, monkeypatch):
    monkeypatch.setattr(MeanModel, "flops", lambda self, tokens: 7 * tokens)
    spent = []
    monkeypatch.setattr(grade, "Spent", lambda tokens, flops: spent.append((tokens, flops)))
    for reads in (True, False):
        monkeypatch.setattr(Large, "reads_model", reads)
        graded(tmp_path / str(reads), Large, written())
    assert spent == [(6, 42), (6, 0)]
