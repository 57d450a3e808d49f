"""Published sets that components read: at hand before anything is done, part of identities."""

import hashlib

import platformdirs
import pytest
from made_up_components import Centre, Near, Spread
from made_up_suite import Watcher, numbers_plan

from benchsuite.api import Measurement
from benchsuite.data import catalogue as catalogue_module
from benchsuite.data.catalogue import DataSet
from benchsuite.data.published import DATA_ROOT
from benchsuite.engine.executor import execute
from benchsuite.engine.store import Store
from benchsuite.errors import UserError


def publish(monkeypatch, content):
    """Have a catalogue of one set with one file."""
    digest = hashlib.sha256(content).hexdigest()
    made = DataSet(
        name="sets/made",
        summary="Made up.",
        licence="CC0",
        origin="nobody",
        repository="acme/sets",
        revision="0" * 40,
        derived="write it",
        files=[{"file": "a.txt", "bytes": len(content), "sha256": digest}],
    )
    monkeypatch.setattr(catalogue_module, "catalogue", lambda: {made.name: made})


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.setattr(Centre, "data", ("sets/made",))
    (tmp_path / "sets" / "made").mkdir(parents=True)
    return tmp_path


def measures(plan, metric):
    return [cell.measures[f"made-up/{metric}"] for cell in plan.cells]


def test_a_set_is_part_of_what_reads_it_alone(root, monkeypatch):
    publish(monkeypatch, b"one")
    one = numbers_plan()
    publish(monkeypatch, b"two")
    other = numbers_plan()
    assert not set(measures(one, "centre")) & set(measures(other, "centre"))
    assert measures(one, "spread") == measures(other, "spread")


def test_nothing_is_done_where_a_set_is_missing(root, monkeypatch, tmp_path):
    publish(monkeypatch, b"one")
    plan, watcher, store = numbers_plan(), Watcher(), Store(str(tmp_path / "store"))
    with pytest.raises(UserError, match=r"sets/made/a\.txt is not there"):
        execute(plan, store, watcher, workers=1)
    assert watcher.done == []
    (root / "sets" / "made" / "a.txt").write_bytes(b"one")
    assert not execute(plan, store, Watcher(), workers=1).failures
    (root / "sets" / "made" / "a.txt").unlink()
    assert not execute(plan, store, Watcher(), workers=1).computed


def test_a_grader_that_is_told_which_sets_to_read_has_them_at_hand(tmp_path, monkeypatch):
    publish(monkeypatch, b"one")
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path / "cache")
    before = numbers_plan()
    monkeypatch.setattr(Near, "datasets", lambda self: ["sets/made"])
    plan, watcher = numbers_plan(), Watcher()
    grades = {i for i, step in plan.steps.items() if step.kind == "grade"}
    assert grades
    assert grades.isdisjoint(before.steps)
    with pytest.raises(UserError, match=r"sets/made/a\.txt is not there"):
        execute(plan, Store(str(tmp_path / "store")), watcher, workers=1)
    assert watcher.done == []


def test_a_metric_may_see_what_the_generation_before_wrote(monkeypatch, tmp_path):
    monkeypatch.setattr(Spread, "needs", frozenset({"earlier"}))

    def measure(self, subject, context):
        seen = subject.earlier["value"].to_pylist() if subject.earlier.num_rows else []
        yield Measurement(float(sum(seen)), len(seen))

    monkeypatch.setattr(Spread, "measure", measure)
    plan, store = numbers_plan(), Store(str(tmp_path / "store"))
    assert not execute(plan, store, Watcher(), workers=1).failures
    cells = {(cell.regime, cell.generation, cell.seed): cell for cell in plan.cells}
    for (regime, generation, seed), cell in cells.items():
        step = plan.steps[cell.measures["made-up/spread"]]
        if generation:
            before = cells[regime, generation - 1, seed]
            assert step.inputs["earlier"] == (before.samples,)
        else:
            assert "earlier" not in step.inputs
