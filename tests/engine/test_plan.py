"""A suite unfolded: which steps there are, what they share, and what changes them."""

from collections import Counter

import made_up_components
import pytest
from made_up_components import Spread
from made_up_suite import CPU, REGIMES, numbers_plan

from benchsuite.api import UserError
from benchsuite.engine import adding
from benchsuite.engine import identities as engine_identities
from benchsuite.engine.plan import plan
from benchsuite.engine.steps import STEP_KINDS
from benchsuite.plugins.loading import load
from benchsuite.plugins.registry import installed
from benchsuite.suites.resolve import Changes, resolve


def quickstart(device=CPU, **changes):
    return plan(resolve("quickstart", installed(), Changes(**changes)), device)


@pytest.fixture(scope="module")
def quick():
    return quickstart()


def of_kind(made, *kinds):
    return {identity for identity, step in made.steps.items() if step.kind in kinds}


def count(made):
    return Counter(step.kind for step in made.steps.values())


# -- how many -------------------------------------------------------------------------------


def test_the_quickstart_trains_generation_0_once_for_all_regimes(quick):
    suite = quick.suite.suite
    for seed in suite.seeds:
        first = [cell for cell in quick.cells if (cell.generation, cell.seed) == (0, seed)]
        assert len(first) == len(quick.suite.regimes)
        assert len({cell.train for cell in first}) == 1
        assert len({cell.samples for cell in first}) == 1
        for metric in quick.suite.metrics:
            assert len({cell.measures[metric.name] for cell in first}) == 1
    assert len({cell.train for cell in quick.cells if cell.generation == 0}) == len(suite.seeds)


@pytest.mark.parametrize(
    ("seeds", "generations", "regimes"),
    [(2, 3, ()), (1, 1, ("replace",)), (3, 2, ("replace", "hybrid-50")), (1, 5, ("real",))],
)
def test_models_are_one_for_each_seed_and_then_one_a_regime_and_generation(
    seeds, generations, regimes
):
    made = quickstart(seeds=seeds, generations=generations, regimes=regimes)
    several = len(made.suite.regimes)
    models = seeds * (1 + generations * several)
    steps = count(made)
    assert steps["train"] == models
    assert steps["measure"] == models * len(made.suite.metrics)
    assert steps["prepare"] == steps["tokenizer"] == 1
    assert len(made.cells) == seeds * (1 + generations) * several


def test_each_kind_of_step_counted_by_hand():
    assert count(numbers_plan()) == {
        "prepare": 1,
        # Per seed: the human mix, which is generation 0's and the control's, then 4 regimes twice.
        "mix": 2 * (1 + 4 * 2),
        "train": 2 * (1 + 5 * 2),
        # Samples of every model. To learn from, replace and pool ask generation 0 for the same
        # 20 rows, half for 10 and graded for 100; generation 1 is four models, each asked once.
        "generate": 2 * (1 + 5 * 2) + 2 * (3 + 4),
        "grade": 2 * 2 * 2,
        "measure": 2 * (1 + 5 * 2) * 3,
    }


def test_what_equals_is_one_step(quick):
    seen = {}
    for identity, step in quick.steps.items():
        assert identity == step.identity
        whole = (
            *(step.kind, step.component and step.component.name, str(step.arguments)),
            *(str(step.component and step.component.parameters), str(step.inputs), step.seed),
        )
        assert whole not in seen
        seen[whole] = identity


def test_the_control_learns_from_the_same_mix_every_generation(quick):
    control = quick.suite.control.name
    for seed in quick.suite.suite.seeds:
        cells = [cell for cell in quick.cells if (cell.regime, cell.seed) == (control, seed)]
        assert len({cell.mix for cell in cells}) == 1
        assert len({cell.train for cell in cells}) == len(cells)  # but with another order


def test_a_model_and_its_control_share_their_seeds(quick):
    seeds = {}
    for cell in quick.cells:
        key = cell.generation, cell.seed
        found = quick.steps[cell.train].seed, quick.steps[cell.samples].seed
        assert seeds.setdefault(key, found) == found
    assert len(set(seeds.values())) == len(seeds)


# -- in which order, with what --------------------------------------------------------------


def test_no_step_stands_before_one_that_it_needs(quick):
    for made in (quick, numbers_plan()):
        done = set()
        for identity, step in made.steps.items():
            assert done.issuperset(step.needs), step.label
            done.add(identity)


def test_every_step_serves_a_model(quick):
    wanted = {quick.prepare, quick.human}
    for cell in quick.cells:
        wanted |= {cell.mix, cell.train, cell.samples, *cell.spent, *cell.measures.values()}
        wanted |= {cell.written} - {None}
    assert wanted == set(quick.steps)
    none = {"evaluation"}  # no metric of the suite asks for it
    assert {step.kind for step in quick.steps.values()} == set(STEP_KINDS) - none


def test_a_mix_reads_what_its_regime_says():
    made = numbers_plan(generations=3)
    cells = {(cell.regime, cell.generation, cell.seed): cell for cell in made.cells}
    for (regime, generation, seed), cell in cells.items():
        before = [cells[regime, g, seed].written for g in range(generation)]
        expected = {"real": [], "pool": before}.get(regime, before[-1:])
        assert list(made.steps[cell.mix].inputs["written"]) == expected
        assert (cell.written is None) == (regime == "real" or generation == 3)


def test_the_ledger_of_a_model_has_its_training_and_what_made_its_rows():
    made = numbers_plan()
    cells = {(cell.regime, cell.generation, cell.seed): cell for cell in made.cells}
    for (regime, generation, seed), cell in cells.items():
        kinds = [made.steps[identity].kind for identity in cell.spent]
        if generation == 0 or regime == "real":
            assert kinds == ["train"]
        elif regime == "graded":
            assert kinds == ["train", "grade", "grade", "generate"]
        else:
            assert kinds == ["train", "generate"]
        assert cell.spent[0] == cell.train
        if len(kinds) > 1:
            before = cells[regime, generation - 1, seed]
            assert cell.spent[1] == before.written
            for identity in cell.spent[1:]:
                assert made.steps[identity].inputs["model"] == (before.train,)
        measure = made.steps[cell.measures["made-up/spent"]]
        assert measure.inputs["ledger"] == tuple(cell.spent)


def test_the_second_grader_reads_what_the_first_wrote():
    made = numbers_plan()
    cell = next(c for c in made.cells if (c.regime, c.generation) == ("graded", 0))
    large = made.steps[cell.written]
    near = made.steps[large.inputs["rows"][0]]
    generated = made.steps[near.inputs["rows"][0]]
    assert [large.component.name, near.component.name] == ["made-up/large", "made-up/near"]
    assert (generated.kind, generated.arguments["amount"]) == ("generate", 100)  # 20 / 0.5 / 0.4


def test_a_metric_gets_what_it_needs_and_no_more(quick):
    drawn = {(cell.regime, cell.seed): cell.mix for cell in quick.cells if not cell.generation}
    for cell in quick.cells:
        offered = {"model": (cell.train,), "samples": (cell.samples,), "training": (cell.mix,)}
        offered |= {"ledger": tuple(cell.spent), "drawn": (drawn[cell.regime, cell.seed],)}
        for metric in quick.suite.metrics:
            inputs = dict(quick.steps[cell.measures[metric.name]].inputs)
            assert inputs.pop("human") == (quick.human,)
            assert inputs == {role: offered[role] for role in load(metric.registered).needs}


# -- what changes what ----------------------------------------------------------------------


def test_a_parameter_of_a_metric_changes_its_measures_alone(quick):
    at = [metric.name for metric in quick.suite.metrics].index("metrics/distinct")
    changed = quickstart(settings={f"metrics.{at}.runs": "3999"})
    lost, new = set(quick.steps) - set(changed.steps), set(changed.steps) - set(quick.steps)
    assert len(lost) == len(new) == count(quick)["train"]
    for steps, identities in [(quick.steps, lost), (changed.steps, new)]:
        assert {steps[i].component.name for i in identities} == {"metrics/distinct"}


def test_a_metric_more_or_less_changes_no_other():
    changed = numbers_plan(("[centre, spread, spent]", "[spent, centre]"))
    whole = numbers_plan()
    assert set(changed.steps) < set(whole.steps)
    left_out = set(whole.steps) - set(changed.steps)
    assert {whole.steps[i].component.name for i in left_out} == {"made-up/spread"}


def test_a_regime_more_changes_no_other():
    few = numbers_plan(("[replace.yaml, half.yaml, pool.yaml, graded.yaml]", "[half.yaml]"))
    many = numbers_plan()
    assert set(few.steps) < set(many.steps)


@pytest.mark.parametrize("change", [{"seeds": 3}, {"generations": 3}])
def test_more_seeds_or_generations_change_nothing_done(change):
    assert set(numbers_plan().steps) < set(numbers_plan(**change).steps)


def test_words_change_nothing():
    before = numbers_plan()
    assert set(numbers_plan(("Numbers and", "Quite other numbers and")).steps) == set(before.steps)
    renamed = {name.replace("half", "fifty"): text for name, text in REGIMES.items()}
    changed = numbers_plan(("half.yaml", "fifty.yaml"), regimes=renamed)
    assert set(changed.steps) == set(before.steps)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("learner: mean", "learner: {name: mean, shift: 0.5}", {"prepare", "mix"}),
        ("budget: {rows: 20}", "budget: {rows: 21}", {"prepare"}),
        ("budget: {rows: 30}", "budget: {rows: 31}", {"prepare", "mix", "train", "grade"}),
        ("generator: self}", "generator: self, decoding: {top_k: 9}}", {"prepare", "train"}),
        ("rows: 60", "rows: 61", set()),
    ],
)
def test_a_change_reaches_all_that_depends_on_it(old, new, kept):
    before, after = numbers_plan(), numbers_plan((old, new))
    for kind in ("prepare", "train"):
        same = of_kind(before, kind) == of_kind(after, kind)
        assert same == (kind in kept), kind
    if "mix" not in kept:
        return
    human = {i for i in of_kind(before, "mix") if not before.steps[i].inputs["written"]}
    assert human <= set(after.steps)


def test_the_device_changes_what_it_computes():
    before, after = numbers_plan(), numbers_plan(device=("cpu", "bf16"))
    kept = {before.steps[i].kind for i in set(before.steps) & set(after.steps)}
    assert kept == {"prepare", "mix"}
    assert not of_kind(before, "train", "measure") & set(after.steps)


def test_whose_kernels_compute_changes_what_they_compute(monkeypatch):
    before = numbers_plan()
    monkeypatch.setattr(adding, "kernels", lambda device: f"made up for {device}")
    after = numbers_plan()
    assert {before.steps[i].kind for i in set(before.steps) & set(after.steps)} == {
        "prepare",
        "mix",
    }
    assert set(numbers_plan().steps) == set(after.steps)


@pytest.mark.parametrize(
    ("kind", "reached"),
    [
        ("prepare", {"prepare", "mix", "train", "generate", "grade", "measure"}),
        ("grade", {"mix", "train", "generate", "grade", "measure"}),
        ("measure", {"measure"}),
    ],
)
def test_the_code_of_an_operation_is_part_of_its_steps(monkeypatch, kind, reached):
    before = numbers_plan()
    digest = engine_identities.source_digest
    engine_identities.operation_digest.cache_clear()
    monkeypatch.setattr(
        *(engine_identities, "source_digest"),
        lambda name: "changed" if name.endswith(f".operations.{kind}") else digest(name),
    )
    try:
        after = numbers_plan()
    finally:
        engine_identities.operation_digest.cache_clear()
    lost = set(before.steps) - set(after.steps)
    assert of_kind(before, kind) <= lost
    assert {before.steps[identity].kind for identity in lost} == reached
    if kind == "grade":
        ungraded = [cell for cell in before.cells if cell.regime != "graded"]
        assert {cell.train for cell in ungraded} <= set(after.steps)


def test_the_source_of_a_component_is_part_of_its_steps(monkeypatch):
    before = numbers_plan()
    digest = engine_identities.digest

    def changed(registered):
        return "changed" if registered.component.name == "made-up/near" else digest(registered)

    monkeypatch.setattr(engine_identities, "digest", changed)
    after = numbers_plan()
    graded = {
        i for i, s in before.steps.items() if s.component and s.component.name.endswith("near")
    }
    assert graded
    assert not graded & set(after.steps)
    ungraded = [cell for cell in before.cells if cell.regime != "graded"]
    assert {cell.train for cell in ungraded} <= set(after.steps)


def test_the_versions_of_its_packages_are_part_of_a_step(monkeypatch):
    before = numbers_plan()
    monkeypatch.setattr(engine_identities, "package_versions", lambda registered: {"numpy": "0"})
    assert not set(before.steps) & set(numbers_plan().steps)


# -- a learner's base ---------------------------------------------------------------------------


def counting(base):
    return numbers_plan(("learner: mean", f"learner: {{name: counting, base: {base}}}"))


def test_what_training_starts_from_is_part_of_training_and_of_the_tokenizer(monkeypatch):
    learner = made_up_components.Counting
    monkeypatch.setattr(learner, "tokenizes", True)
    one = counting("one")
    for step in one.steps.values():
        base = step.arguments.get("fingerprint") if step.kind != "prepare" else None
        assert base == ("one" if step.kind in ("tokenizer", "train") else None)
    assert set(counting("one").steps) == set(one.steps)
    monkeypatch.setattr(learner, "fingerprint", lambda self: "its files have changed")
    changed = counting("one")
    assert {one.steps[i].kind for i in set(one.steps) & set(changed.steps)} == {"prepare"}


def test_a_learner_that_starts_from_nothing_has_no_fingerprint_in_its_steps():
    for made in (numbers_plan(), counting('""')):
        trains = [made.steps[i] for i in of_kind(made, "train")]
        assert {frozenset(step.arguments) for step in trains} == {
            frozenset({"amount", "unit", "budget", "init"})
        }


def test_a_learner_that_fails_at_its_fingerprint_is_named():
    with pytest.raises(UserError) as refused:
        counting("broken")
    assert str(refused.value) == "the learner made-up/counting failed: division by zero."
    with pytest.raises(UserError) as refused:
        counting("missing")
    assert str(refused.value) == "learner.base is not there; name a checkpoint."


# -- what a metric reads ------------------------------------------------------------------------


def test_what_a_metric_reads_is_part_of_its_own_steps(monkeypatch):
    made = numbers_plan()
    assert all(not made.steps[i].arguments for i in of_kind(made, "measure"))
    metric = made_up_components.Centre
    monkeypatch.setattr(metric, "fingerprint", lambda self: "its tasks have changed")
    changed = numbers_plan()
    gone = [made.steps[i] for i in set(made.steps) - set(changed.steps)]
    assert {(step.kind, step.component.name) for step in gone} == {("measure", "made-up/centre")}


@pytest.mark.parametrize(
    ("kind", "component"),
    [("generate", made_up_components.Self), ("grade", made_up_components.Near)],
)
def test_what_a_generator_or_a_grader_reads_is_part_of_its_steps(monkeypatch, kind, component):
    made = numbers_plan()
    monkeypatch.setattr(component, "fingerprint", lambda self: "its files have changed")
    changed = numbers_plan()
    before, after = of_kind(made, kind), of_kind(changed, kind)
    name = next(made.steps[i].component.name for i in before)
    assert {changed.steps[i].component.name for i in after - before} >= {name}
    assert not {i for i in before & after if made.steps[i].component.name == name}


def test_a_package_that_is_missing_is_said_before_anything_is_done(monkeypatch):
    monkeypatch.setattr(
        engine_identities, "package_versions", lambda registered: {"no-such-package": None}
    )
    with pytest.raises(UserError, match="needs the package no-such-package, which is not"):
        numbers_plan()


def test_graders_are_measured_with_the_seed_that_they_grade_with(monkeypatch):
    monkeypatch.setattr(Spread, "needs", frozenset({"graders"}))
    made = numbers_plan()
    grading = {step.seed for step in made.steps.values() if step.kind == "grade"}
    measuring: dict[int, set[int]] = {}
    for cell in made.cells:
        for grader in made.steps[cell.measures["made-up/spread"]].arguments["graders"]:
            measuring.setdefault(cell.generation, set()).add(grader["seed"])
    assert {len(seeds) for seeds in measuring.values()} == {2}  # one for each seed of the run
    assert measuring[0] | measuring[1] == grading  # the last generation writes nothing on
    assert not measuring[2] & grading
