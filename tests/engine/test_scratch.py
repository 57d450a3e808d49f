"""The folder that survives a kill: given again, to one process at a time, until all is done."""

import json
import os
import subprocess
import sys
import time

import fsspec
import platformdirs
import pytest
from made_up_suite import Watcher, numbers_plan

from benchsuite.api import Cost, UserError
from benchsuite.engine import store as engine_store
from benchsuite.engine.executor import execute
from benchsuite.engine.store import Store
from benchsuite.identity import derive_seed

ONE, TWO = ("1" * 64, "2" * 64)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_store, "_A_MOMENT", 0.05)
    return Store(str(tmp_path / "store"))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store" / "scratch"


def leave(store, identity):
    """Write into a step's scratch, and do not finish the step."""
    with store.scratch(identity) as scratch:
        (scratch / "counter").write_text("1")


def commit(store, identity):
    with store.writing() as made:
        store.commit(made, identity, "train", "train a model", Cost())


def test_what_was_left_is_given_again_until_the_step_is_done(store, folder):
    leave(store, ONE)
    with store.scratch(TWO) as scratch:
        assert list(scratch.iterdir()) == []
    with Store(store.url).scratch(ONE) as scratch:
        assert (scratch / "counter").read_text() == "1"
        commit(store, ONE)
    assert list(folder.iterdir()) == []


def test_a_folder_that_was_not_used_goes(store, folder):
    with store.scratch(ONE):
        pass
    assert list(folder.iterdir()) == []


def test_two_runs_of_one_step_do_not_share(store, folder):
    leave(store, ONE)
    with store.scratch(ONE) as mine:
        with Store(store.url).scratch(ONE) as theirs:
            assert theirs != mine
            assert list(theirs.iterdir()) == []
            (theirs / "counter").write_text("2")
            commit(store, ONE)
        assert not theirs.exists()
        assert (mine / "counter").read_text() == "1"
    assert list(folder.iterdir()) == []


HOLDS = """
import sys, time
from benchsuite.engine.store import Store
with Store(sys.argv[1]).scratch(sys.argv[2]) as scratch:
    (scratch / "counter").write_text("7")
    print("held", flush=True)
    time.sleep(600)
"""


def test_the_folder_of_a_process_that_was_killed_is_free(store):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, store.url, ONE], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout.readline() == b"held\n"
        with store.scratch(ONE) as scratch:
            assert list(scratch.iterdir()) == []
    finally:
        process.kill()
        process.communicate()
    with store.scratch(ONE) as scratch:
        assert (scratch / "counter").read_text() == "7"


def test_what_was_not_tried_again_for_a_week_goes(store, folder):
    day = 24 * 60 * 60
    for identity, days in ((ONE, 8), (TWO, 6)):
        leave(store, identity)
        then = time.time() - days * day
        os.utime(folder / identity, (then, then))
    with store.scratch(ONE):  # tried again: it counts from now
        pass
    store.tidy()
    assert {path.name for path in folder.iterdir()} >= {ONE, TWO}
    for identity in (ONE, TWO):
        os.utime(folder / identity, (then - 2 * day, then - 2 * day))
    with store.scratch(TWO):
        os.utime(folder / TWO, (then - 2 * day, then - 2 * day))
        Store(store.url).tidy()  # a training may take a week, too
        assert [path.name for path in folder.iterdir() if path.is_dir()] == [TWO]
    store.tidy()
    assert list(folder.iterdir()) == []


def test_what_is_left_of_a_finished_step_goes_at_once(store, folder):
    """The run was killed after the step, before the others of its batch."""
    leave(store, ONE)
    commit(store, ONE)
    store.tidy()
    assert list(folder.iterdir()) == []


def test_it_stays_on_this_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    store = Store("memory://bucket/scratch-store")
    leave(store, ONE)
    commit(store, TWO)
    memory = fsspec.filesystem("memory")
    try:
        assert [p for p in memory.find("/bucket") if ONE in p] == []
        assert list((tmp_path / "cache").rglob(f"scratch/{ONE}/counter"))
    finally:
        memory.rm("/bucket", recursive=True)


# -- a whole run --------------------------------------------------------------------------------


def notes(store, made):
    trains = [i for i, step in made.steps.items() if step.kind == "train"]
    return {i: json.loads((store.path(i) / "notes.json").read_text()) for i in trains}


def test_a_training_that_was_killed_goes_on_from_its_scratch(store, folder):
    seed = derive_seed(1, "train", 0)
    made = numbers_plan(("learner: mean", f"learner: {{name: counting, dies_on_seed: {seed}}}"))
    (killed,) = [i for i, s in made.steps.items() if (s.kind, s.seed) == ("train", seed)]
    with pytest.raises(UserError, match="a worker process died"):
        execute(made, store, Watcher(), workers=2)
    assert (folder / killed / "counter").read_text() == "5"
    outcome = execute(made, store, Watcher(), workers=2)
    assert outcome.failures == {}
    assert notes(store, made)[killed]["begun"] == 5
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_components_are_told_of_the_cores_that_are_theirs(store, workers):
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    made = numbers_plan(("learner: mean", "learner: counting"), generations=1)
    execute(made, store, Watcher(), workers=workers)
    assert {note["threads"] for note in notes(store, made).values()} == {max(1, cores // workers)}
