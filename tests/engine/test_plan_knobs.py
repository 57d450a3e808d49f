"""Knobs of a regime in a plan: where weights come from, what prompts, how much, how long."""

from collections import Counter

import made_up_components
import pytest
from made_up_suite import REGIMES, numbers_plan

from benchsuite.api import Learner, UserError
from benchsuite.engine.executor import execute
from benchsuite.engine.store import Store
from benchsuite.engine.work import read_rows

HUMAN = "mixture: [{source: human-fixed, share: 1}]\n"
LAST = "generator: self\nmixture: [{source: synthetic-last, share: 1}]\n"
POOL = REGIMES["pool"]
KNOBS = {
    "real": HUMAN,
    "onward": "init: previous\ncontrol: own\n" + LAST,
    "own": "init: previous\ncontrol: own\n" + HUMAN,
    "based": "init: base\ncontrol: base\n" + LAST,
    "base": "init: base\ncontrol: base\n" + HUMAN,
    "fresh": "mixture: [{source: human-fresh, share: 0.5}, {source: synthetic-last, share: 0.5}]\n"
    "generator: self\n",
    "twice": "mixture: [{source: human-fixed, share: 1, unique: 0.5}]\n",
    "whole": "budget: equal-training\n" + POOL,
    "growing": "division: open\nbudget: growing\n" + POOL,
    "part": "division: open\ncontrol: part\nbudget: {share: 0.125}\n" + HUMAN,
    "part-loop": "division: open\nbudget: {share: 0.5}\ngenerator: self\n"
    "mixture: [{source: human-fixed, share: 0.5}, {source: synthetic-last, share: 0.5}]\n",
    "part-pool": "division: open\nbudget: {share: 0.5}\n" + POOL,
    "short": "generations: 1\n" + LAST,
    "shared": "generator: self\nmixture: [{source: synthetic-shared, share: 1}]\n",
    "again": "generator: self\nmixture: [{source: human-fixed, share: 0.5}, "
    "{source: synthetic-last, share: 0.5, unique: 0.1}]\n",
}
LISTED = "[replace.yaml, half.yaml, pool.yaml, graded.yaml]"


@pytest.fixture
def able(monkeypatch):
    """The learner can start from anywhere."""
    monkeypatch.setattr(
        *(made_up_components.Mean, "inits", frozenset({"scratch", "base", "previous"})),
        raising=False,
    )


def made(*names, **changes):
    listed = ", ".join(f"{name}.yaml" for name in names)
    return numbers_plan((LISTED, f"[{listed}]"), regimes=KNOBS, **changes)


def cells(plan):
    return {(cell.regime, cell.generation, cell.seed): cell for cell in plan.cells}


def trained(plan, regime, generation, seed=0):
    return plan.steps[cells(plan)[regime, generation, seed].train]


def test_previous_weights_are_an_input_and_the_first_are_shared(able, monkeypatch):
    plan = made("onward", "own")
    for regime in ("onward", "own"):
        for generation in (1, 2):
            step = trained(plan, regime, generation)
            assert step.arguments["init"] == "previous"
            assert step.inputs["previous"] == (trained(plan, regime, generation - 1).identity,)
    first = trained(plan, "onward", 0)
    assert first.arguments["init"] == "base"  # the learner has one
    assert "previous" not in first.inputs
    monkeypatch.setattr(made_up_components.Mean, "inits", frozenset({"scratch", "previous"}))
    plan = made("onward", "own")
    assert trained(plan, "onward", 0) == trained(plan, "real", 0)
    assert trained(plan, "onward", 0).arguments["init"] == "scratch"


def test_each_generation_of_a_base_starts_from_it(able):
    plan = made("based", "base")
    for generation in (0, 1, 2):
        step = trained(plan, "based", generation)
        assert (step.arguments["init"], "previous" in step.inputs) == ("base", False)
        assert step != trained(plan, "real", generation)
    assert trained(plan, "based", 0) == trained(plan, "base", 0)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            ("own", "onward"),
            "own starts from previous, and the suite's learner made-up/mean cannot go",
        ),
        (("base",), "base.yaml:4: base starts from base, and the suite's learner made-up/mean has"),
    ],
)
def test_a_learner_that_starts_anew_alone_refuses_other_starts(names, said):
    with pytest.raises(UserError) as refused:
        made(*names)
    assert said in str(refused.value)
    assert Learner.inits.fget(None) == {"scratch"}


def test_prompts_of_a_learner_without_tokens_are_refused():
    regimes = {**KNOBS, "asked": "prompts: {real: 4}\n" + LAST}
    with pytest.raises(UserError, match="has no tokens; take prompts: none"):
        numbers_plan((LISTED, "[asked.yaml]"), regimes=regimes)


def test_prompts_come_from_the_human_rows_of_generation_0(monkeypatch):
    monkeypatch.setattr(made_up_components.Mean, "tokenizes", True)
    regimes = {**KNOBS, "asked": "prompts: {real: 4}\n" + LAST}
    plan = numbers_plan((LISTED, "[asked.yaml]"), regimes=regimes)
    for (regime, generation, seed), cell in cells(plan).items():
        if cell.written:
            step = plan.steps[cell.written]
            assert step.inputs["prompts"] == (cells(plan)["real", 0, seed].mix,)
            assert step.arguments["prompts"] == {"real": 4}
        assert "prompts" not in plan.steps[cell.samples].inputs, (regime, generation)


def test_a_regime_that_ends_early_has_no_models_after_and_writes_for_none():
    plan = made("short")
    found = Counter(cell.regime for cell in plan.cells)
    assert found == {"real": 2 * 3, "short": 2 * 2}
    assert [cells(plan)["short", g, 0].written is None for g in (0, 1)] == [False, True]


def test_the_budget_says_how_much_is_trained_on():
    plan = made("whole", "growing")
    sizes = {r: [trained(plan, r, g).size for g in range(3)] for r in ("real", "whole", "growing")}
    assert sizes == {"real": [20] * 3, "whole": [20] * 3, "growing": [20, 40, 60]}
    assert [trained(plan, "growing", g).flops for g in range(3)] == [0, 0, 0]  # counted in rows
    mixes = [plan.steps[cells(plan)["growing", g, 0].mix] for g in range(3)]
    assert [mix.arguments["whole"] for mix in mixes] == [False, True, True]
    assert mixes[1] == plan.steps[cells(plan)["whole", 1, 0].mix]  # but not trained alike


def test_a_part_of_the_budget_begins_with_generation_1():
    plan = made("part", "part-loop")
    for regime, sizes in {"part": [20, 3, 3], "part-loop": [20, 10, 10]}.items():
        for generation, size in enumerate(sizes):
            step = trained(plan, regime, generation)
            mix = plan.steps[cells(plan)[regime, generation, 0].mix]
            assert (step.size, mix.size, mix.arguments["whole"]) == (size, size, False)
            assert (step.arguments["amount"], mix.arguments["amount"]) == (size, size)
            assert step.arguments["budget"] == "equal"
            assert step.seed == trained(plan, "real", generation).seed
    assert trained(plan, "part", 0) == trained(plan, "real", 0)
    assert plan.steps[cells(plan)["part-loop", 0, 0].written].size == 5


# -- carried out ------------------------------------------------------------------------------

RUN = ("fresh", "twice", "whole", "growing")


def test_training_is_told_how_much_there_is_and_what_it_counts_as(tmp_path, monkeypatch):
    told, train = [], made_up_components.Mean.train

    def noting(learner, job, context):
        told.append((job.rows.num_rows, job.amount, job.effort))
        return train(learner, job, context)

    monkeypatch.setattr(made_up_components.Mean, "train", noting)
    plan = made("whole", "growing", seeds=1)
    outcome = execute(plan, Store(str(tmp_path)), Silent(), workers=1)
    assert not outcome.failures
    whole = {(40, 40, 20): 1, (60, 60, 20): 1}
    growing = {(40, 40, 40): 1, (60, 60, 60): 1}
    assert Counter(told) == {(20, 20, 20): 3} | whole | growing


def test_a_part_is_the_beginning_of_the_draw_and_trained_on_alone(tmp_path, monkeypatch):
    told, train = Counter(), made_up_components.Mean.train

    def noting(learner, job, context):
        told[job.rows.num_rows, job.amount, job.effort] += 1
        return train(learner, job, context)

    monkeypatch.setattr(made_up_components.Mean, "train", noting)
    plan, store = made("part", "part-loop", "part-pool", seeds=1), Store(str(tmp_path))
    assert not execute(plan, store, Silent(), workers=1).failures
    assert told == {(20, 20, 20): 3, (3, 3, 3): 2, (10, 10, 10): 4}
    mixes = {key: read_rows(store.path(cell.mix)) for key, cell in cells(plan).items()}
    drawn = {key: set(rows["id"].to_pylist()) for key, rows in mixes.items()}
    assert drawn["part", 1, 0] == drawn["part", 2, 0] < drawn["real", 1, 0]
    human = [r["id"] for r in mixes["part-loop", 1, 0].to_pylist() if r["origin"] == "human"]
    assert drawn["part", 1, 0] < set(human) < drawn["real", 1, 0]
    assert len(human) == 5


class Silent:
    def started(self, plan, reused):
        pass

    def progress(self, step, done, total):
        pass

    def finished(self, step, done):
        pass


def test_rows_do_not_depend_on_the_number_of_workers(tmp_path):
    plan = made(*RUN, seeds=1)
    mixes = {cell.mix for cell in plan.cells}
    found = []
    for workers in (1, 2):
        store = Store(str(tmp_path / str(workers)))
        assert not execute(plan, store, Silent(), workers=workers).failures
        found.append({identity: read_rows(store.path(identity)) for identity in mixes})
    assert found[0].keys() == found[1].keys()
    assert all(rows.equals(found[1][identity]) for identity, rows in found[0].items())
    sizes = Counter(rows.num_rows for rows in found[0].values())
    assert set(sizes) == {20, 40, 60}


def test_a_corpus_too_small_is_refused_before_the_first_model(tmp_path):
    plan = made("fresh", generations=8)
    with pytest.raises(UserError, match=r"new human rows in every generation \(human-fresh\) or"):
        execute(plan, Store(str(tmp_path)), Silent(), workers=1)
    assert {p.name for p in (tmp_path / "steps").glob("*/*")} <= {plan.prepare}


def test_a_shared_pool_is_written_by_the_models_of_all_seeds_each_its_part():
    plan = made("shared", seeds=4)
    found = cells(plan)
    for seed in range(4):
        cell = found["shared", 2, seed]
        writers = [found["shared", 1, each] for each in range(4)]
        assert plan.steps[cell.mix].inputs["shared"] == tuple(each.written for each in writers)
        assert [plan.steps[each.written].arguments["amount"] for each in writers] == [5] * 4
        assert set(cell.spent) == {cell.train, *(each.written for each in writers)}


def test_what_is_repeated_is_written_once():
    plan = made("again", seeds=1)
    written = cells(plan)["again", 1, 0].written
    assert plan.steps[written].arguments["amount"] == 2
