"""What metrics are given to measure a model with, beside the model itself."""

import json

import pytest
from made_up_suite import Watcher, numbers_plan

from benchsuite.api import NOTHING, Cost
from benchsuite.engine.executor import execute
from benchsuite.engine.offers import lineage
from benchsuite.engine.store import Store
from benchsuite.records import provenance
from benchsuite.records.comparisons import compare
from benchsuite.records.tables import measurements


def cells(made):
    return {(cell.regime, cell.generation, cell.seed): cell for cell in made.cells}


def inputs(made, cell, metric):
    return made.steps[cell.measures[f"made-up/{metric}"]].inputs


SEEING = ("[centre, spread, spent]", "[centre, seen]")


def test_peers_are_the_other_models_of_the_generation():
    made = numbers_plan(SEEING)
    by_place = cells(made)
    for (regime, generation, seed), cell in by_place.items():
        given = inputs(made, cell, "seen")
        others = [c for c in made.cells if c.generation == generation]
        assert given["peers.seeds"] == (by_place[regime, generation, 1 - seed].samples,)
        regimes = {c.samples for c in others if c.seed == seed} - {cell.samples}
        assert set(given.get("peers.regimes", ())) == regimes
        assert len(regimes) == (4 if generation else 0)  # generation 0 is one model for all


def test_drawn_is_what_generation_0_was_trained_on():
    made = numbers_plan(SEEING)
    by_place = cells(made)
    for (regime, _, seed), cell in by_place.items():
        assert inputs(made, cell, "seen")["drawn"] == (by_place[regime, 0, seed].mix,)


def test_a_lineage_is_all_that_a_model_came_from():
    made = numbers_plan()
    by_place = cells(made)
    for seed in (0, 1):
        control = by_place["real", 2, seed]
        assert lineage(control, made) == (control.train,)
        expected = set()
        for generation in (0, 1):
            cell = by_place["replace", generation, seed]
            expected |= {cell.train, cell.written}
        last = by_place["replace", 2, seed]
        assert set(lineage(last, made)) == expected | {last.train}
        graded = lineage(by_place["graded", 1, seed], made)
        assert sorted(made.steps[i].kind for i in graded) == [
            "generate", "grade", "grade", "train", "train",
        ]  # fmt: skip


def test_evaluations_are_listed_only_where_a_metric_asks():
    assert not any(step.kind == "evaluation" for step in numbers_plan().steps.values())
    made = numbers_plan(SEEING)
    (listed,) = [i for i, step in made.steps.items() if step.kind == "evaluation"]
    assert made.steps[listed].component.name == "made-up/centre"
    for cell in made.cells:
        assert inputs(made, cell, "seen")["evaluations"] == (listed,)
        assert "evaluations" not in inputs(made, cell, "centre")


def test_metrics_see_what_is_offered(tmp_path):
    made, store = numbers_plan(SEEING), Store(str(tmp_path / "store"))
    outcome = execute(made, store, Watcher(), workers=1)
    assert not outcome.failures
    for cell in made.cells:
        path = store.path(cell.measures["made-up/seen"]) / "measurements.json"
        found = {m["slice"]: m["value"] for m in json.loads(path.read_text())}
        assert found["drawn"] == 20
        assert found["seeds"] == 1
        assert found["regimes"] == (4 if cell.generation else 0)
        kinds = {"real": 1, "graded": 3}.get(cell.regime, 2) if cell.generation else 1
        assert found["lineage"] == kinds
        assert found["evaluated"] == 2


@pytest.mark.parametrize(("most", "flag"), [(0.4, True), (0.5, False)])
def test_what_rests_on_contaminated_text_is_flagged(tmp_path, most, flag):
    seen = ("[centre, spread, spent]", f"[centre, spread, {{name: seen, most: {most}}}]")
    made, store = numbers_plan(seen), Store(str(tmp_path / "store"))
    execute(made, store, Watcher(), workers=1)
    table = measurements(made, store, set())
    flags = {"made-up/centre": flag, "made-up/spread": None, "made-up/seen": None}
    assert {(r["metric"], r["contaminated"]) for r in table.to_pylist()} == set(flags.items())
    metrics = provenance.metric_entries(made.suite)
    against = {regime.name: "real" for regime in made.suite.regimes}
    compared = compare(table, made.suite.suite, against, metrics)
    assert {(c.metric, c.contaminated) for c in compared} == set(flags.items())


def test_nobody_looked_no_flag(tmp_path):
    made, store = numbers_plan(), Store(str(tmp_path / "store"))
    execute(made, store, Watcher(), workers=1)
    assert measurements(made, store, set())["contaminated"].null_count == len(made.cells) * 3


def test_energy_adds_up_where_it_is_known():
    assert (NOTHING + Cost(energy=2.0) + Cost(energy=0.5)).energy == 2.5
    assert (NOTHING + Cost(energy=2.0) + Cost()).energy is None
    assert Cost().energy is None
