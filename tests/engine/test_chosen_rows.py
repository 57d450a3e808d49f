"""Human rows that graders choose: which are drawn, which are kept, who shares the choosing."""

import tempfile
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_components import Mean, MeanModel
from made_up_mixes import HUMAN_ALONE, human_rows, ids, mixed, part, written_rows
from made_up_suite import CPU, Watcher, made_by, numbers_plan, work_on

from benchsuite.engine import work as engine_work
from benchsuite.engine.amounts import before_fresh, human_needed, to_draw
from benchsuite.engine.executor import execute
from benchsuite.engine.offers import lineage
from benchsuite.engine.operations import grade, mix
from benchsuite.engine.store import Store
from benchsuite.engine.work import read_rows
from benchsuite.errors import UserError
from benchsuite.suites.grading import Keep
from benchsuite.suites.mixture import Share
from benchsuite.suites.regime import Regime
from benchsuite.suites.resolve import ResolvedRegime

HUMAN = human_rows(700)
WRITTEN = [written_rows(400, generation) for generation in range(4)]
SEED = 7


def score(row_id):
    """A number from 0 to 99 that nothing but the id decides."""
    return zlib.crc32(row_id.encode()) % 100


class ById:
    """Scores rows by their ids, and sees to it that nobody says that models made them."""

    best, reads_model = "higher", False

    def grade(self, rows, model, human, context):
        assert "generator" not in rows.column_names
        return np.array([score(each) for each in rows["id"].to_pylist()], float)


def regime_of(parts, rules):
    """A regime of parts `(source, share)`, whose human rows are chosen by rules."""
    shares = [Share(source=source, share=share) for source, share in parts]
    choosers = {
        source: tuple((None, keep) for keep in rules)
        for source, _ in parts
        if rules and source.startswith("human")
    }
    return ResolvedRegime(Regime.model_construct(mixture=shares), None, (), choosers)


def draw_of(regime, source, amount, generation):
    """What the first grader of a source draws."""
    fresh = source == "human-fresh"
    drawn = to_draw(regime, source, amount)
    return {
        "human_seed": SEED,
        "first": before_fresh(regime, amount) if fresh else drawn,
        "each": drawn if fresh else 0,
        "generation": generation if fresh else 0,
    }


def kept(regime, source, amount, unit, generation, folder):
    """The rows that graders kept, by the steps that a plan has."""
    engine_work._opened.clear()
    learner = Mean(Mean.parameters_type())
    learner.open = lambda directory, device: MeanModel(0.0)
    inputs = {"human": [HUMAN], "model": [HUMAN.slice(0, 0)]}
    rows = None
    for number, (_, keep) in enumerate(regime.choosers[source]):
        arguments = {"keep": keep.model_dump(mode="json"), "unit": unit}
        if rows is None:
            arguments["draw"] = draw_of(regime, source, amount, generation)
        more = {} if rows is None else {"rows": [rows]}
        work = work_on(
            folder / f"{source}-{number}", arguments, {**inputs, **more}, ById(), learner
        )
        rows = made_by(grade, work)
    return rows


def chosen_mix(parts, rules, amount, unit="rows", generation=1, seed=0):
    """The mix of a generation of a regime whose human rows are chosen by rules."""
    regime = regime_of(parts, rules)
    with tempfile.TemporaryDirectory() as folder:
        chosen = {
            source: kept(regime, source, amount, unit, generation, Path(folder))
            for source in regime.choosers
        }
    where = {"generation": generation, "first": before_fresh(regime, amount), "chosen": chosen}
    return mixed(parts, amount, HUMAN, WRITTEN[:generation], unit, seed, SEED, **where)


# -- the same, by hand ----------------------------------------------------------------------

TRAIN = [row for row in HUMAN.to_pylist() if row["split"] == "train"]
ORDER = [TRAIN[i] for i in np.random.default_rng(SEED).permutation(len(TRAIN))]


def until(rows, amount, unit):
    """How many rows it takes to hold an amount."""
    held = 0
    for count, row in enumerate(rows):
        if held >= amount:
            return count
        held += row["tokens"] if unit == "tokens" else 1
    return len(rows)


def by_hand(rows, rules, unit):
    """What rules leave of rows, one rule after the other."""
    for rule in rules:
        weigh = [row["tokens"] if unit == "tokens" else 1 for row in rows]
        if rule.threshold is not None:
            rows = [row for row in rows if score(row["id"]) >= rule.threshold]
            continue
        ranked = sorted(range(len(rows)), key=lambda i: (-score(rows[i]["id"]), i))
        held, left = 0, set()
        for i in ranked:
            if held >= round(rule.best * sum(weigh), 6):
                break
            left.add(i)
            held += weigh[i]
        rows = [row for i, row in enumerate(rows) if i in left]
    return rows


def expected(parts, rules, amount, unit, generation):
    """The ids of each human part, from the seed's order of rows; None where too few are left."""
    regime = regime_of(parts, rules)
    exact = mix.amounts([part(*each) for each in parts], amount)
    wanted = {source: much for (source, _), much in zip(parts, exact, strict=True)}
    found = {}
    for source in regime.choosers:
        drawn = to_draw(regime, source, amount)
        start, length = 0, drawn
        if source == "human-fresh":
            start = until(ORDER, before_fresh(regime, amount), unit)
            for _ in range(generation - 1):
                start += until(ORDER[start:], drawn, unit)
        rows = ORDER[start : start + until(ORDER[start:], length, unit)]
        left = by_hand(rows, rules, unit)
        if sum(row["tokens"] if unit == "tokens" else 1 for row in left) < wanted[source]:
            return None
        found[source] = [row["id"] for row in left[: until(left, wanted[source], unit)]]
    return found


RULES = st.lists(
    st.one_of(
        st.integers(3, 10).map(lambda tenths: Keep(best=tenths / 10)),
        st.just(Keep(threshold=50.0, expected=0.4)),  # about half of all ids pass
    ),
    min_size=1,
    max_size=2,
)
PARTS = st.sampled_from(
    [
        [("human-fixed", 1.0)],
        [("human-fresh", 1.0)],
        [("human-fixed", 0.34), ("human-fresh", 0.16), ("synthetic-last", 0.5)],
        [("synthetic-last", 0.7), ("human-fresh", 0.3)],
        [("human-fixed", 0.9), ("human-fresh", 0.1)],
    ]
)


@given(PARTS, RULES, st.integers(10, 30), st.sampled_from(["rows", "tokens"]), st.integers(1, 2))
@settings(max_examples=15, deadline=None)
def test_rows_are_those_that_the_rules_keep(parts, rules, amount, unit, generation):
    wanted = expected(parts, rules, amount, unit, generation)
    if wanted is None:
        with pytest.raises(RuntimeError, match="lower `expected`"):
            chosen_mix(parts, rules, amount, unit, generation)
        return
    rows = chosen_mix(parts, rules, amount, unit, generation)
    human = ids(rows, "human")
    assert Counter(human) == Counter(row for found in wanted.values() for row in found)
    assert len(set(human)) == len(human)
    if unit == "rows":
        assert rows.num_rows == amount
        exact = mix.amounts([part(*each) for each in parts], amount)
        assert len(human) == sum(
            n for (source, _), n in zip(parts, exact, strict=True) if source.startswith("human")
        )
    assert not {"kept", "copies", "grades", "split"} & set(rows.column_names)


@given(
    st.integers(1, 100), st.lists(st.integers(1, 20), min_size=1, max_size=3), st.integers(1, 120)
)
@settings(max_examples=60, deadline=None)
def test_what_is_drawn_is_enough_for_what_rules_keep(hundredths, keeps, budget):
    parts = [("human-fixed", hundredths / 100), ("synthetic-last", 1 - hundredths / 100)]
    parts = parts[: 1 if hundredths == 100 else 2]
    rules = [Keep(best=best / 20) for best in keeps]
    left = to_draw(regime_of(parts, rules), "human-fixed", budget)
    for rule in rules:
        left = -(-round(left * rule.best * 20) // 20)
    assert left >= mix.amounts([part(*each) for each in parts], budget)[0]


@pytest.mark.parametrize("unit", ["rows", "tokens"])
def test_new_rows_are_drawn_from_what_nobody_has_seen_or_been_graded_on(unit):
    parts = [("human-fixed", 0.5), ("human-fresh", 0.5)]
    rules = [Keep(best=0.4)]
    seen = set(ids(mixed(HUMAN_ALONE, 40, HUMAN, unit=unit, human_seed=SEED)))
    for generation in (1, 2, 3):
        regime = regime_of(parts, rules)
        with tempfile.TemporaryDirectory() as folder:
            new = kept(regime, "human-fresh", 40, unit, generation, Path(folder))
            fixed = kept(regime, "human-fixed", 40, unit, generation, Path(folder))
        assert seen.isdisjoint(new["id"].to_pylist())
        assert set(new["id"].to_pylist()).isdisjoint(fixed["id"].to_pylist())
        seen |= set(new["id"].to_pylist())
        assert set(new["split"].to_pylist()) == {"train"}


def test_fixed_rows_stay_and_the_seed_decides_all():
    parts = [("human-fixed", 0.5), ("synthetic-last", 0.5)]
    rules = [Keep(best=0.5)]
    found = [chosen_mix(parts, rules, 30, generation=g, seed=g) for g in (1, 2, 3)]
    assert len({frozenset(ids(rows, "human")) for rows in found}) == 1
    assert chosen_mix(parts, rules, 30).equals(chosen_mix(parts, rules, 30))


def test_more_may_be_drawn_than_a_budget_and_new_rows_begin_behind_it():
    regime = regime_of([("human-fixed", 0.8), ("human-fresh", 0.2)], [Keep(best=0.2)])
    assert to_draw(regime, "human-fixed", 50) == before_fresh(regime, 50) == 200
    assert human_needed(regime, 50, generations=3) == 200 + 3 * 50
    plain = regime_of([("human-fixed", 0.8), ("human-fresh", 0.2)], [])
    assert (before_fresh(plain, 50), human_needed(plain, 50, generations=3)) == (50, 80)


def test_a_pool_and_repeated_rows_are_filled_from_chosen_ones():
    rules = [Keep(best=0.5)]
    with tempfile.TemporaryDirectory() as folder:
        regime = regime_of([("human-fixed", 1.0)], rules)
        rows = kept(regime, "human-fixed", 40, "rows", 1, Path(folder))
    assert Counter(rows["kept"].to_pylist()) == {True: 40, False: 40}
    chosen = {"human-fixed": rows}
    good = [row["id"] for row in rows.to_pylist() if row["kept"]]
    pool = [part("human-fixed", "everything"), part("synthetic-last", "everything")]
    whole = mixed(pool, 30, HUMAN, WRITTEN[:1], whole=True, generation=1, chosen=chosen)
    assert set(ids(whole, "human")) == set(good[:30])
    twice = mixed([part("human-fixed", 1.0, 0.5)], 40, HUMAN, generation=1, chosen=chosen)
    assert Counter(ids(twice)) == dict.fromkeys(good[:20], 2)


def test_a_corpus_too_small_to_choose_from_says_so():
    regime = regime_of([("human-fresh", 1.0)], [Keep(best=0.1)])
    with tempfile.TemporaryDirectory() as folder, pytest.raises(UserError) as refused:
        kept(regime, "human-fresh", 50, "rows", 2, Path(folder))
    sentence = str(refused.value)
    assert "training split holds 700 rows" in sentence
    assert "rows to choose from (chosen) take 1,050" in sentence
    assert "\n" not in sentence


# -- in a plan ------------------------------------------------------------------------------

CHOSEN = "chosen: [{grader: tenths, keep: {best: 0.5}}, {grader: tenths, keep: {best: 0.8}}]"
FIXED = f"{{source: human-fixed, share: 0.5, {CHOSEN}}}"
FRESH = f"{{source: human-fresh, share: 0.1, {CHOSEN}}}"
LAST = "{{source: synthetic-last, share: {}}}"
REGIMES = {
    "real": "mixture: [{source: human-fixed, share: 1}]\n",
    "both": f"generator: self\nmixture: [{FIXED}, {FRESH}, {LAST.format(0.4)}]\n",
    "alone": f"mixture: [{FIXED}, {{source: human-fresh, share: 0.5}}]\n",
    "half": f"generator: self\nmixture: [{FIXED}, {LAST.format(0.5)}]\n",
}
LISTED = ("[replace.yaml, half.yaml, pool.yaml, graded.yaml]", "[both.yaml, half.yaml, alone.yaml]")
LARGER = ("rows: 60", "rows: 300")


@pytest.fixture(scope="module")
def plan():
    return numbers_plan(LISTED, LARGER, regimes=REGIMES)


def choosing(plan, cell):
    """The steps that chose a mix's rows, by source."""
    inputs = plan.steps[cell.mix].inputs
    found = {}
    for source in ("human-fixed", "human-fresh"):
        for last in inputs.get(source, ()):
            found[source] = [plan.steps[last].inputs["rows"][0], last]
    return found


def test_what_is_chosen_alike_is_chosen_once(plan):
    cells = {(c.regime, c.generation, c.seed): c for c in plan.cells}
    assert not choosing(plan, cells["both", 0, 0])  # generation 0 is the control's
    first = choosing(plan, cells["both", 1, 0])
    later = choosing(plan, cells["both", 2, 0])
    assert first["human-fixed"] == later["human-fixed"]
    assert first["human-fixed"] == choosing(plan, cells["half", 2, 0])["human-fixed"]
    assert first["human-fixed"] == choosing(plan, cells["alone", 1, 0])["human-fixed"]
    assert not set(first["human-fresh"]) & set(later["human-fresh"])
    assert not set(first["human-fixed"]) & set(choosing(plan, cells["both", 1, 1])["human-fixed"])
    for source, (drawing, last) in first.items():
        step = plan.steps[drawing]
        assert "rows" not in step.inputs
        assert step.inputs["model"] == (cells["real", 0, 0].train,)
        assert "draw" not in plan.steps[last].arguments
        assert {drawing, last} <= set(cells["both", 1, 0].spent), source


def test_graders_that_choose_leave_no_debt_to_the_model_whose_tokens_they_read(plan):
    cells = {(c.regime, c.generation, c.seed): c for c in plan.cells}
    cell = cells["alone", 2, 0]
    behind = lineage(cell, plan)
    assert cells["real", 0, 0].train not in behind
    assert set(choosing(plan, cell)["human-fixed"]) < set(behind)
    assert cells["real", 0, 0].train in lineage(cells["both", 1, 0], plan)  # it wrote rows


def test_a_run_learns_from_what_was_chosen(tmp_path):
    few = (LISTED[0], "[both.yaml]"), ("[centre, spread, spent]", "[centre]")
    plan = numbers_plan(*few, LARGER, regimes=REGIMES, seeds=1)
    store = Store(str(tmp_path))
    assert not execute(plan, store, Watcher(), workers=1).failures
    rows = {}
    for cell in plan.cells:
        if cell.regime != "both" or not cell.generation:
            continue
        mixed_rows = read_rows(store.path(cell.mix))
        human = set(ids(mixed_rows, "human"))
        assert len(human) == 12
        chosen = {source: steps[-1] for source, steps in choosing(plan, cell).items()}
        good = {
            row["id"]
            for step in chosen.values()
            for row in read_rows(store.path(step)).to_pylist()
            if row["kept"]
        }
        assert human <= good
        rows[cell.generation, cell.seed] = human
        grades = read_rows(store.path(chosen["human-fixed"]))["grades"].to_pylist()
        assert {each["grader"] for row in grades for each in row} == {"made-up/tenths"}
    assert len(rows[1, 0] & rows[2, 0]) == 10


def test_a_run_on_a_corpus_too_small_is_refused(tmp_path):
    small = numbers_plan(LISTED, ("rows: 60", "rows: 40"), regimes=REGIMES, device=CPU)
    with pytest.raises(UserError, match=r"rows to choose from \(chosen\) take"):
        execute(small, Store(str(tmp_path)), Watcher(), workers=1)
