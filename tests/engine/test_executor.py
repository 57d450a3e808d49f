"""Carrying out a plan: what fails takes its dependents with it, and nothing else."""

import importlib
import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from made_up_suite import Watcher, numbers_plan

from benchsuite.api import UserError
from benchsuite.engine import work as engine_work
from benchsuite.engine import worker
from benchsuite.engine.executor import execute
from benchsuite.engine.operations import mix
from benchsuite.engine.plan import plan
from benchsuite.engine.steps import STEP_KINDS
from benchsuite.engine.store import Store
from benchsuite.engine.work import ROWS, Spent
from benchsuite.identity import derive_seed
from benchsuite.plugins.registry import installed
from benchsuite.suites.resolve import Changes, resolve


@pytest.fixture(autouse=True)
def nothing_open():
    engine_work._opened.clear()
    engine_work.human_rows.cache_clear()


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path / "store"))


@pytest.fixture(scope="module")
def numbers():
    return numbers_plan()


@pytest.fixture(scope="module")
def quick():
    return plan(resolve("quickstart", installed(), Changes()), ("cpu", "fp32"))


def dependents(made, identity):
    """A step and all that needs it, found the slow way."""
    lost, grown = {identity}, True
    while grown:
        more = {i for i, step in made.steps.items() if lost.intersection(step.needs)}
        grown = not more <= lost
        lost |= more
    return lost


@pytest.fixture
def pretend(monkeypatch):
    """Steps that do nothing but note that they were done; some fail."""
    done, failing = [], {}

    def run(work):
        done.append(work.identity)
        if failure := failing.get(work.identity):
            raise failure
        (work.directory / "done").write_text(work.identity)
        return Spent(1, 2)

    for kind in STEP_KINDS:
        module = importlib.import_module(f"benchsuite.engine.operations.{kind}")
        monkeypatch.delattr(module, "run_all", raising=False)
        monkeypatch.setattr(module, "run", run, raising=False)
    run.done, run.failing = done, failing
    return run


# -- with steps that do nothing ---------------------------------------------------------------


def test_every_step_is_done_once_and_after_what_it_needs(quick, store, pretend):
    watcher = Watcher()
    outcome = execute(quick, store, watcher, workers=1)
    assert sorted(pretend.done) == sorted(quick.steps)
    finished = set()
    for identity in pretend.done:
        assert finished.issuperset(quick.steps[identity].needs)
        finished.add(identity)
    assert outcome.computed == pretend.done == [step.identity for step, _ in watcher.done]
    assert outcome.failures == {}
    assert watcher.reused == outcome.reused == set()
    assert store.verified(quick.steps) == set(quick.steps)
    cost = store.manifest(pretend.done[-1]).cost
    assert (cost.tokens, cost.flops) == (1, 2)
    assert cost.peak_memory > 1_000_000


def test_what_is_in_the_store_is_not_done_again(quick, store, pretend):
    execute(quick, store, Watcher(), workers=1)
    pretend.done.clear()
    watcher = Watcher()
    outcome = execute(quick, store, watcher, workers=1)
    assert pretend.done == outcome.computed == watcher.done == []
    assert outcome.reused == watcher.reused == set(quick.steps)


def test_a_damaged_step_alone_is_done_again(quick, store, pretend, caplog):
    execute(quick, store, Watcher(), workers=1)
    pretend.done.clear()
    damaged = next(i for i, step in quick.steps.items() if step.kind == "train")
    (store.path(damaged) / "done").write_text("something else")
    outcome = execute(quick, store, Watcher(), workers=1)
    assert pretend.done == [damaged]
    assert outcome.reused == set(quick.steps) - {damaged}
    assert "damaged" in caplog.text


@pytest.mark.parametrize("kind", sorted({*STEP_KINDS} - {"evaluation"}))  # quickstart has none
@pytest.mark.parametrize("which", [0, -1])
def test_a_failing_step_takes_its_dependents_with_it_and_nothing_else(
    quick, store, pretend, kind, which
):
    identity = [i for i, step in quick.steps.items() if step.kind == kind][which]
    pretend.failing[identity] = ZeroDivisionError("division by zero")
    watcher = Watcher()
    outcome = execute(quick, store, watcher, workers=1)
    lost = dependents(quick, identity)
    assert set(outcome.failures) == lost
    assert set(outcome.computed) == set(quick.steps) - lost
    assert store.verified(quick.steps) == set(quick.steps) - lost
    assert set(pretend.done) & lost == {identity}
    step = quick.steps[identity]
    error = outcome.failures[identity]
    whose = "" if step.component is None else f" ({step.component.name}, of "
    assert error.startswith(f"{step.label}{whose}")
    assert error.endswith(": ZeroDivisionError: division by zero.")
    for other in lost - {identity}:
        assert outcome.failures[other] == f"{quick.steps[other].label}: left out, since {error}"
    assert [(s.identity, d.error) for s, d in watcher.done if d.error] == [(identity, error)]
    assert not list((store.path(identity).parents[2] / "unfinished").iterdir())


def test_two_failures_are_told_apart(quick, store, pretend):
    trains = [i for i, step in quick.steps.items() if step.kind == "train"]
    pretend.failing |= {trains[0]: OSError("first"), trains[1]: OSError("second")}
    outcome = execute(quick, store, Watcher(), workers=1)
    one, other = dependents(quick, trains[0]), dependents(quick, trains[1])
    assert set(outcome.failures) == one | other
    assert all("first" in outcome.failures[i] for i in one - other)
    assert all("second" in outcome.failures[i] for i in other - one)


def test_a_failed_step_is_tried_again_the_next_time(quick, store, pretend):
    identity = next(i for i, step in quick.steps.items() if step.kind == "generate")
    pretend.failing[identity] = OSError("no space left")
    execute(quick, store, Watcher(), workers=1)
    pretend.failing.clear()
    pretend.done.clear()
    outcome = execute(quick, store, Watcher(), workers=1)
    assert set(pretend.done) == set(outcome.computed) == dependents(quick, identity)
    assert outcome.failures == {}


def test_what_the_user_can_mend_is_raised_at_once(quick, store, pretend):
    identity = next(i for i, step in quick.steps.items() if step.kind == "mix")
    pretend.failing[identity] = UserError("the corpus is too small.")
    watcher = Watcher()
    with pytest.raises(UserError) as refused:
        execute(quick, store, watcher, workers=1)
    assert str(refused.value) == "the corpus is too small."
    assert pretend.done[-1] == identity
    assert len(pretend.done) < len(quick.steps) / 2
    assert watcher.done[-1][1].by_user
    assert store.verified(quick.steps) == set(pretend.done[:-1])


def test_measures_of_one_model_go_together_and_wait_for_what_others_wait_for(quick, store, pretend):
    execute(quick, store, Watcher(), workers=1)
    kinds = [quick.steps[identity].kind for identity in pretend.done]
    assert set(kinds[kinds.index("measure") :]) == {"measure"}


# -- steps handed over together -----------------------------------------------------------------


@pytest.fixture
def together(monkeypatch, pretend):
    """Trainings and measures done all at once, as on an accelerator; notes what is handed over."""
    handed = []

    def run_all(works):
        handed.append([work.identity for work in works])
        for work in works:
            failure = pretend.failing.get(work.identity)
            if isinstance(failure, ArithmeticError):
                raise failure
            if failure:
                yield failure
            else:
                (work.directory / "done").write_text("")
                yield Spent()

    for kind in ("train", "measure"):
        module = importlib.import_module(f"benchsuite.engine.operations.{kind}")
        monkeypatch.setattr(module, "run_all", run_all, raising=False)
    return handed


def test_an_accelerator_is_given_all_that_one_component_can_do_at_once(quick, store, together):
    made = replace(quick, device=("cuda", "bf16"))
    outcome = execute(made, store, Watcher())
    assert set(outcome.computed) == set(made.steps)
    suite = made.suite
    trained = [task for task in together if made.steps[task[0]].kind == "train"]
    seeds, regimes = len(suite.suite.seeds), len(suite.regimes)
    assert max(map(len, trained)) >= seeds * regimes - seeds
    assert len(trained) <= 1 + suite.suite.generations
    for task in together:
        assert len({(made.steps[i].kind, made.steps[i].component.name) for i in task}) == 1


def test_on_a_cpu_every_core_gets_some(quick, store, together):
    execute(quick, store, Watcher(), workers=1)
    assert {len(task) for task in together} == {1}


def test_one_of_many_fails_alone(quick, store, pretend, together):
    made = replace(quick, device=("cuda", "bf16"))
    trains = [i for i, step in made.steps.items() if step.kind == "train"]
    pretend.failing[trains[0]] = RuntimeError("the loss became nan")
    outcome = execute(made, store, Watcher())
    assert set(outcome.failures) == dependents(made, trains[0])
    assert outcome.failures[trains[0]].endswith("): the loss became nan.")


def test_a_component_that_breaks_down_midway_keeps_what_it_did(quick, store, pretend, together):
    made = replace(quick, device=("cuda", "bf16"))
    name = made.suite.metrics[0].name
    measures = [i for i, s in made.steps.items() if s.component and s.component.name == name]
    pretend.failing[measures[5]] = ZeroDivisionError("division by zero")
    outcome = execute(made, store, Watcher())
    handed = next(task for task in together if measures[5] in task)
    at = handed.index(measures[5])
    assert at > 0
    assert set(outcome.failures) == set(handed[at:])
    assert "division by zero" in outcome.failures[measures[5]]
    for identity in handed[at + 1 :]:
        assert "those before it failed" in outcome.failures[identity]


# -- with the made-up components ----------------------------------------------------------------


def test_a_whole_run_of_numbers(numbers, store):
    watcher = Watcher()
    outcome = execute(numbers, store, watcher, workers=1)
    assert outcome.failures == {}
    assert set(outcome.computed) == set(numbers.steps)
    rows = {cell.mix: pq.read_table(store.path(cell.mix) / ROWS) for cell in numbers.cells}
    assert {table.num_rows for table in rows.values()} == {20}
    for cell in numbers.cells:
        origins = rows[cell.mix]["origin"].to_pylist()
        human = {"real": 20, "replace": 0, "half": 10, "graded": 0}.get(cell.regime)
        if cell.generation == 0:
            assert set(origins) == {"human"}
        elif human is not None:
            assert origins.count("human") == human
        mean = json.loads((store.path(cell.train) / "mean.json").read_text())
        assert mean == pytest.approx(sum(rows[cell.mix]["value"].to_pylist()) / 20)
        (centre,) = json.loads(
            (store.path(cell.measures["made-up/centre"]) / "measurements.json").read_text()
        )
        assert centre["value"] == round(mean, 3)
    assert {i for i, done, total in watcher.reports if done == total} == {
        i for i, step in numbers.steps.items() if step.kind == "train"
    }


def test_the_ledger_adds_up_what_a_model_and_its_rows_cost(numbers, store):
    execute(numbers, store, Watcher(), workers=1)
    for cell in numbers.cells:
        (spent,) = json.loads(
            (store.path(cell.measures["made-up/spent"]) / "measurements.json").read_text()
        )
        train, rows = 10 * 20, {"replace": 20, "half": 10, "pool": 20}.get(cell.regime, 0)
        if cell.regime == "graded":
            rows = 100 + 100 + 50  # written, graded once, and the better half graded again
        assert spent["value"] == train + 3 * rows * (cell.generation > 0 and cell.regime != "real")


def test_graded_rows_are_the_best_of_what_was_written(numbers, store):
    execute(numbers, store, Watcher(), workers=1)
    for cell in (c for c in numbers.cells if c.regime == "graded" and c.written):
        rows = pq.read_table(store.path(cell.written) / ROWS).to_pylist()
        mean = json.loads((store.path(cell.train) / "mean.json").read_text())
        near = sorted(rows, key=lambda row: abs(row["value"] - mean))[:50]
        best = sorted(near, key=lambda row: -row["value"])[:20]
        assert {row["id"] for row in rows if row["kept"]} == {row["id"] for row in best}


def test_two_runs_give_the_same_bytes(numbers, store, tmp_path):
    other = Store(str(tmp_path / "other"))
    for each in (store, other):
        engine_work._opened.clear()
        engine_work.human_rows.cache_clear()
        execute(numbers, each, Watcher(), workers=1)
    for identity in numbers.steps:
        assert store.manifest(identity).files == other.manifest(identity).files


def test_a_training_that_fails_is_said_in_a_sentence(store):
    seed = derive_seed(1, "train", 0)
    made = numbers_plan(("learner: mean", f"learner: {{name: mean, fails_on_seed: {seed}}}"))
    outcome = execute(made, store, Watcher(), workers=1)
    failed = [i for i, step in made.steps.items() if (step.kind, step.seed) == ("train", seed)]
    assert len(failed) == 1
    assert outcome.failures[failed[0]] == (
        "train real, generation 0, seed 1 (made-up/mean, of None None): the seed is an unlucky one."
    )
    control = [c for c in made.cells if (c.regime, c.seed, c.generation) == ("real", 1, 1)]
    assert control[0].train in outcome.computed  # it learns from human rows all the same


def test_a_corpus_smaller_than_the_budget_is_raised(store):
    made = numbers_plan(("budget: {rows: 20}", "budget: {rows: 2000}"))
    with pytest.raises(UserError, match=r"training split holds \d+ rows and budget.rows asks for"):
        execute(made, store, Watcher(), workers=1)


def test_rows_that_are_missing_from_the_store_fail_their_step(numbers, store):
    execute(numbers, store, Watcher(), workers=1)
    here = worker.Worker(store.url, ("cpu", "fp32"), numbers.suite.learner)
    step = next(step for step in numbers.steps.values() if step.kind == "train")
    gone = replace(step, identity="e" * 64, inputs={**step.inputs, "rows": ("d" * 64,)})
    (done,) = here.do([gone], lambda *progress: None)
    assert "the step dddddddddddd is gone from the store" in done.error
    assert not store.present(["e" * 64])


def test_a_model_that_is_lost_is_left_out_among_the_peers_of_others(tmp_path, monkeypatch):
    made = numbers_plan(("[centre, spread, spent]", "[centre, seen]"), generations=1, seeds=2)
    store = Store(str(tmp_path))
    lost = next(c for c in made.cells if (c.regime, c.generation, c.seed) == ("replace", 1, 0))
    correct = mix.run

    def failing(work):
        if work.identity == lost.mix:
            raise RuntimeError("too few rows")
        return correct(work)

    monkeypatch.setattr(mix, "run", failing)
    outcome = execute(made, store, Watcher(), workers=1)
    assert all("replace, generation 1, seed 0" in made.steps[i].label for i in outcome.failures)
    counts = {
        (cell.regime, cell.seed): {
            found["slice"]: found["value"]
            for found in json.loads(
                (store.path(cell.measures["made-up/seen"]) / "measurements.json").read_text()
            )
        }
        for cell in made.cells
        if cell.generation == 1 and cell is not lost
    }
    assert {(r, s): found["regimes"] for (r, s), found in counts.items()} == {
        (regime, seed): 3.0 + (seed == 1) for regime, seed in counts
    }
    assert counts["replace", 1]["seeds"] == 0.0
    assert counts["half", 0]["seeds"] == 1.0
    again = execute(made, store, Watcher(), workers=1)
    assert set(again.failures) == set(outcome.failures)
