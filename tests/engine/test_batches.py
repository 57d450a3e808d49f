"""What an accelerator does at once: the same bytes as one by one; one that fails fails alone."""

from collections import Counter
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_up_components import Mean, MeanModel, Self
from made_up_suite import Watcher, numbers_plan, work_on

from benchsuite.api import Parameters
from benchsuite.engine import work as engine_work
from benchsuite.engine.executor import execute
from benchsuite.engine.operations import generate
from benchsuite.engine.store import Store
from benchsuite.engine.work import ROWS, Spent


@pytest.fixture(autouse=True)
def nothing_open():
    engine_work._opened.clear()
    engine_work.human_rows.cache_clear()


@pytest.fixture(scope="module")
def numbers():
    """Between two metrics that read the model stands one that does not."""
    return numbers_plan(("[centre, spread, spent]", "[centre, spread, likelihood, spent]"))


@pytest.fixture
def stores(tmp_path):
    return Store(str(tmp_path / "one")), Store(str(tmp_path / "other"))


def at_once(made):
    """The plan on an accelerator, but for the identities of its steps."""
    return replace(made, device=("cuda", "fp32"))


def test_what_is_done_at_once_is_what_is_done_one_by_one(numbers, stores, monkeypatch):
    together = []

    def generate_all(self, requests, contexts):
        together.append(len(requests))
        return super(Self, self).generate_all(requests, contexts)

    monkeypatch.setattr(Self, "generate_all", generate_all)
    one, other = stores
    execute(numbers, one, Watcher(), workers=1)
    assert set(together) == {1}
    engine_work._opened.clear()
    outcome = execute(at_once(numbers), other, Watcher())
    assert outcome.failures == {}
    assert max(together) == 16  # 4 regimes and 2 seeds: to be measured, and to go on from
    for identity in numbers.steps:
        assert one.manifest(identity).files == other.manifest(identity).files
        costs = [store.manifest(identity).cost for store in stores]
        assert (costs[0].tokens, costs[0].flops) == (costs[1].tokens, costs[1].flops)


def test_models_stay_open_for_all_metrics_of_their_generation(numbers, stores, monkeypatch):
    opened, at_a_time = [], []
    usual = Mean.open

    def noting(self, directory, device):
        opened.append(directory.name)
        at_a_time.append(len(engine_work._opened) + 1)
        return usual(self, directory, device)

    monkeypatch.setattr(Mean, "open", noting)
    execute(at_once(numbers), stores[0], Watcher())
    trained = {cell.train for cell in numbers.cells}
    assert Counter(opened) == dict.fromkeys(trained, 2)  # to write (and grade), to be measured
    assert max(at_a_time) == 10  # a generation's: 5 regimes and 2 seeds


def test_on_a_cpu_one_model_is_open(numbers, stores, monkeypatch):
    open_models = []
    usual = MeanModel.sample

    def noting(self, request, context):
        open_models.append(len(engine_work._opened))
        return usual(self, request, context)

    monkeypatch.setattr(MeanModel, "sample", noting)
    execute(numbers, stores[0], Watcher(), workers=1)
    assert set(open_models) == {1}


def test_scoring_at_once_is_asked_for_once_a_metric_and_generation(numbers, stores, monkeypatch):
    asked = []

    def score_all(cls, models, rows, context):
        asked.append(len(models))
        return [model.score(rows, context) for model in models]

    monkeypatch.setattr(MeanModel, "score_all", classmethod(score_all))
    one, other = stores
    execute(numbers, one, Watcher(), workers=1)
    assert asked == []
    execute(at_once(numbers), other, Watcher())
    assert asked == [2, 10, 10]
    for identity in numbers.steps:
        assert one.manifest(identity).files == other.manifest(identity).files


# -- the step generate --------------------------------------------------------------------------


class Moody(Self):
    """Fails on seed 1, and makes too little on seed 2."""

    def generate(self, request, context):
        if context.seed == 1:
            raise ZeroDivisionError("division by zero")
        rows = super().generate(request, context)
        return rows.slice(1) if context.seed == 2 else rows


class Stingy(Self):
    """Answers the first request alone."""

    def generate_all(self, requests, contexts):
        yield self.generate(requests[0], contexts[0])


def works(folder, generator):
    """Four requests, of which the last is for a model that does not open."""
    learner = Mean(Mean.parameters_type())

    def opening(directory, device):
        if "3" in directory.parent.name:
            raise OSError("the weights are gone")
        return MeanModel(0)

    learner.open = opening
    arguments = {"amount": 5, "unit": "rows", "decoding": {}}
    inputs = {"model": [pa.table({})], "human": [pa.table({"split": ["train"]})]}
    return [
        work_on(folder / f"request {seed}", arguments, inputs, generator, learner, seed)
        for seed in range(4)
    ]


def test_of_rows_generated_at_once_each_fails_alone(tmp_path):
    asked = works(tmp_path, Moody(Parameters()))
    made, failed, too_few, gone = generate.run_all(asked)
    assert made == Spent(5, 15)
    assert pq.read_table(asked[0].directory / ROWS).num_rows == 5
    assert str(failed) == "division by zero"
    assert str(too_few) == "it made 4 rows where 5 were asked for"
    assert str(gone) == "the weights are gone"
    assert [list(work.directory.iterdir()) for work in asked[1:]] == [[], [], []]


def test_a_request_that_was_not_answered_fails(tmp_path):
    made, *others = generate.run_all(works(tmp_path, Stingy(Parameters())))
    assert made == Spent(5, 15)
    assert [str(failure) for failure in others] == [
        "it made no rows",
        "it made no rows",
        "the weights are gone",
    ]
