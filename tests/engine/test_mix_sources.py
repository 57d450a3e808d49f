"""Human rows that are new or repeated, pools kept whole: exact counts, and never a test row."""

import itertools
from collections import Counter
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_mixes import human_rows, ids, mixed, part, written_rows

from benchsuite.engine.operations import mix
from benchsuite.errors import UserError

SOURCES = ("human-fixed", "human-fresh", "synthetic-last", "synthetic-all")


@st.composite
def mixtures(draw):
    """Parts of a mixture: shares in hundredths that add up, or pools."""
    sources = draw(st.lists(st.sampled_from(SOURCES), min_size=1, unique=True))
    if draw(st.booleans()):
        without = "synthetic-last" if "synthetic-all" in sources else None  # it holds those too
        return [part(source, "everything") for source in sources if source != without]
    cuts = sorted(draw(st.lists(st.integers(0, 99), min_size=len(sources) - 1, unique=True)))
    cuts = cuts[: len(sources) - 1]
    shares = [b - a for a, b in itertools.pairwise([0, *cuts, 100])]
    made = []
    for source, share in zip(sources, shares, strict=True):
        if share:
            repeats = source == "human-fixed" and share > 1 and draw(st.booleans())
            unique = draw(st.integers(1, share)) / 100 if repeats else None
            made.append(part(source, share / 100, unique))
    return made


HUMAN = human_rows(500)
WRITTEN = [written_rows(120, generation) for generation in range(4)]


def expected(parts, amount):
    """Whole numbers that add up: each part ends where its share ends, halves up."""
    ends = [0]
    for each in parts:
        ends.append(ends[-1] + round(100 * each["share"]))
    exact = [floor(end * amount / 100 + 0.5) for end in ends]
    return {p["source"]: b - a for p, (a, b) in zip(parts, itertools.pairwise(exact), strict=True)}


@given(mixtures(), st.integers(1, 100), st.integers(1, 4), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_counts_are_exact_to_the_row(parts, amount, generation, seed):
    rows = mixed(parts, amount, HUMAN, WRITTEN[:generation], seed=seed, generation=generation)
    assert rows.num_rows == amount
    found = Counter(rows["id"].to_pylist())
    if parts[0]["share"] == "everything":
        assert set(found.values()) == {1}
        return
    wanted = expected(parts, amount)
    human = wanted.get("human-fixed", 0) + wanted.get("human-fresh", 0)
    assert len(ids(rows, "human")) == human
    fixed = next((p for p in parts if p["source"] == "human-fixed"), None)
    if fixed and fixed["unique"] and "human-fresh" not in wanted and human:
        unique = min(human, max(1, floor(fixed["unique"] * amount + 0.5 + 1e-6)))
        repeats = Counter(ids(rows, "human"))
        assert len(repeats) == unique
        assert max(repeats.values()) - min(repeats.values()) <= 1  # none is read more than others


@given(mixtures(), st.sampled_from(["rows", "tokens"]), st.integers(1, 100), st.booleans())
@settings(max_examples=25, deadline=None)
def test_no_row_of_the_test_split_is_in_any_mix(parts, unit, amount, whole):
    whole = whole and parts[0]["share"] == "everything"
    rows = mixed(parts, amount, HUMAN, WRITTEN, unit, whole=whole, generation=2)
    assert all(i.endswith("-train") for i in ids(rows, "human"))
    assert set(rows["origin"].to_pylist()) <= {"human", "synthetic"}


@given(mixtures(), st.sampled_from(["rows", "tokens"]), st.integers(1, 80), st.integers(0, 9))
@settings(max_examples=20, deadline=None)
def test_the_same_seed_gives_the_same_rows_in_the_same_order(parts, unit, amount, seed):
    arguments = (parts, amount, HUMAN, WRITTEN, unit, seed)
    once, again = (mixed(*arguments, generation=4) for _ in range(2))
    assert once.equals(again)


@given(
    st.integers(1, 100),
    st.integers(1, 60),
    st.sampled_from(["rows", "tokens"]),
    st.integers(0, 9),
)
@settings(max_examples=12, deadline=None)
def test_new_human_rows_are_new_in_every_generation(hundredths, amount, unit, human_seed):
    parts = [("human-fresh", hundredths / 100), ("synthetic-last", 1 - hundredths / 100)]
    parts = parts[: 1 if hundredths == 100 else 2]
    first = mixed([("human-fixed", 1.0)], amount, HUMAN, [], unit, human_seed=human_seed)
    seen, most = set(ids(first)), amount + 7
    for generation in range(1, 5):
        rows = mixed(
            *(parts, amount, HUMAN, WRITTEN[:generation], unit, generation, human_seed),
            generation=generation,
        )
        new = ids(rows, "human")
        assert seen.isdisjoint(new)
        assert len(set(new)) == len(new)
        seen.update(new)
        held = sum(r["tokens"] if unit == "tokens" else 1 for r in rows.to_pylist())
        assert amount <= held <= most + 7


def test_new_rows_do_not_depend_on_what_else_a_regime_mixes_in():
    alone = mixed([("human-fresh", 0.5), ("synthetic-last", 0.5)], 40, HUMAN, WRITTEN, generation=3)
    other = mixed([("human-fresh", 0.5), ("human-fixed", 0.5)], 40, HUMAN, generation=3, seed=5)
    fixed = mixed([("human-fixed", 0.5), ("synthetic-last", 0.5)], 40, HUMAN, WRITTEN)
    assert set(ids(other)) == set(ids(alone, "human")) | set(ids(fixed, "human"))


@pytest.mark.parametrize("unit", ["rows", "tokens"])
def test_repeated_rows_are_those_that_a_hybrid_has(unit):
    hybrid = mixed([("human-fixed", 0.5), ("synthetic-last", 0.5)], 90, HUMAN, WRITTEN, unit)
    repeated = mixed([part("human-fixed", 1.0, 0.5)], 90, HUMAN, [], unit)
    counts = Counter(ids(repeated))
    assert set(counts) == set(ids(hybrid, "human"))
    assert set(counts.values()) <= {1, 2}
    held = sum(row["tokens"] if unit == "tokens" else 1 for row in repeated.to_pylist())
    assert 90 <= held < 90 + (8 if unit == "tokens" else 1)
    quarter = Counter(ids(mixed([part("human-fixed", 1.0, 0.25)], 100, HUMAN)))
    assert (len(quarter), set(quarter.values())) == (25, {4})


def test_a_pool_kept_whole_has_every_row_once():
    parts = [("human-fixed", "everything"), ("synthetic-all", "everything")]
    rows = mixed(parts, 50, HUMAN, WRITTEN[:3], whole=True)
    assert set(Counter(ids(rows)).values()) == {1}
    assert len(ids(rows, "human")) == 50
    wanted = {i for table in WRITTEN[:3] for i in table["id"].to_pylist()}
    assert set(ids(rows, "synthetic")) == wanted
    assert ids(rows)[:50] != sorted(ids(rows))[:50]  # in random order


def test_a_pool_of_new_rows_takes_a_budget_of_them():
    parts = [("human-fresh", "everything"), ("synthetic-last", "everything")]
    rows = mixed(parts, 50, HUMAN, WRITTEN[:2], whole=True, generation=2)
    assert (len(ids(rows, "human")), len(ids(rows, "synthetic"))) == (50, 120)


# -- corpora that are too small ---------------------------------------------------------------


def test_a_corpus_too_small_for_new_rows_says_how_much_it_has():
    parts = [("human-fresh", 1.0)]
    human = human_rows(100)
    assert mixed(parts, 25, human, generation=3).num_rows == 25
    with pytest.raises(UserError, match="holds 100 rows"):
        mixed(parts, 25, human, generation=9)
    with pytest.raises(UserError) as refused:
        mixed(parts, 25, human, generation=4)
    sentence = str(refused.value)
    assert "training split holds 100 rows" in sentence
    assert "(human-fresh)" in sentence
    assert "\n" not in sentence


def test_it_is_refused_before_anything_is_trained():
    human = human_rows(100)
    alone = ([("human-fixed", 1.0)], 25, human)
    assert mixed(*alone, human_needed=100).num_rows == 25
    with pytest.raises(UserError, match=r"holds 100 rows and new human rows .* take 101"):
        mixed(*alone, human_needed=101)


def test_fewer_unique_rows_than_one_are_one():
    rows = mixed([part("human-fixed", 1.0, 0.001)], 10, HUMAN)
    assert (rows.num_rows, len(set(ids(rows)))) == (10, 1)
    assert mix.amounts([part("human-fixed", "everything")], 7) == [7]
