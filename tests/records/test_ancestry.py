"""A row of generation 3 is followed back to the human rows behind it."""

import pytest
from made_up_suite import Watcher, numbers_plan

from benchsuite.api import UserError
from benchsuite.engine.executor import execute
from benchsuite.engine.store import Store
from benchsuite.engine.work import read_rows
from benchsuite.records.ancestry import ancestry


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = numbers_plan(generations=3, seeds=1)
    store = Store(str(tmp_path_factory.mktemp("store")))
    assert not execute(made, store, Watcher(), workers=1).failures
    return made, store


def cell(made, regime, generation):
    (found,) = [c for c in made.cells if (c.regime, c.generation) == (regime, generation)]
    return found


def mix(run, regime, generation):
    made, store = run
    return read_rows(store.path(cell(made, regime, generation).mix)).to_pylist()


def row_of(run, regime, generation):
    made, store = run
    return read_rows(store.path(cell(made, regime, generation).samples))["id"][7].as_py()


def human(rows):
    return {row["id"] for row in rows if row["origin"] == "human"}


def test_a_row_of_generation_3_leads_back_to_the_human_rows_of_generation_0(run):
    found = ancestry(row_of(run, "replace", 3), *run)
    assert found.row["generator"] == "made-up/self"
    assert [model.generation for model in found.models] == [3, 2, 1, 0]
    assert [len(model.human) > 0 for model in found.models] == [False, False, False, True]
    for model in found.models[:3]:
        rows = mix(run, "replace", model.generation)
        assert model.synthetic == {model.generation - 1: len(rows)}
    assert set(found.human) == human(mix(run, "replace", 0))
    assert len(found.human) == len(set(found.human)) > 10


def test_a_mix_of_both_leads_back_through_both(run):
    found = ancestry(row_of(run, "half", 2), *run)
    mixes = [mix(run, "half", generation) for generation in range(3)]
    assert set(found.human) == set().union(*map(human, mixes))
    top = found.models[0]
    assert set(top.human) == human(mixes[2])
    assert sum(top.synthetic.values()) == len(mixes[2]) - len(human(mixes[2]))


def test_a_pool_of_all_generations_leads_back_to_each_of_them(run):
    found = ancestry(row_of(run, "pool", 3), *run)
    assert [model.generation for model in found.models] == [3, 2, 1, 0]
    assert set(found.models[0].synthetic) == {0, 1, 2}


def test_a_row_of_generation_0_has_one_model_behind_it(run):
    found = ancestry(row_of(run, "graded", 0), *run)
    assert [model.generation for model in found.models] == [0]
    assert found.models[0].synthetic == {}


def test_what_is_no_row_is_said(run, tmp_path):
    with pytest.raises(UserError, match="is no synthetic row of the suite numbers"):
        ancestry("nonsense", *run)
    row = row_of(run, "replace", 1)
    with pytest.raises(UserError, match=r"there is no row .*: its step made 30 rows"):
        ancestry(row.rpartition("-")[0] + "-999", *run)
    with pytest.raises(UserError, match="is not in the store; run the suite first"):
        ancestry(row, run[0], Store(str(tmp_path)))


def test_parents_are_followed_too(run, monkeypatch):
    made, store = run
    row = row_of(run, "replace", 3)
    older = row_of(run, "replace", 1)
    given = {row: [older, "a" * 64], older: ["b" * 64]}

    def with_parents(self, name):
        return {"id": name, "parents": given.get(name), "generator": "made-up/self"}

    monkeypatch.setattr("benchsuite.records.ancestry._Search._row", with_parents)
    found = ancestry(row, made, store)
    assert found.parents == [older, "b" * 64, "a" * 64]
    assert found.human[:2] == ["b" * 64, "a" * 64]
