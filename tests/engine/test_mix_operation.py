"""Training mixes: exact amounts, of the right rows, the human ones always the same."""

import itertools
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_mixes import HUMAN_ALONE, human_rows, ids, mixed, part, written_rows

from benchsuite.engine.amounts import to_write
from benchsuite.engine.operations import mix
from benchsuite.engine.operations.rules import best_share
from benchsuite.errors import UserError
from benchsuite.suites.grading import Keep
from benchsuite.suites.mixture import Share
from benchsuite.suites.regime import Regime
from benchsuite.suites.resolve import ResolvedRegime


@st.composite
def two_shares(draw):
    """Human and synthetic shares in hundredths, and sometimes a third part."""
    first = draw(st.integers(1, 98))
    second = draw(st.integers(1, 99 - first))
    if draw(st.booleans()):
        return [
            ("human-fixed", first / 100),
            ("synthetic-last", second / 100),
            ("synthetic-all", (100 - first - second) / 100),
        ]
    return [("human-fixed", first / 100), ("synthetic-last", 1 - first / 100)]


@given(two_shares(), st.integers(1, 60), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_a_budget_in_rows_is_exact_and_so_is_each_share(parts, amount, seed):
    written = [written_rows(70, generation) for generation in range(2)]
    rows = mixed(parts, amount, human_rows(70), written, seed=seed)
    assert rows.num_rows == amount
    human = len(ids(rows, "human"))
    assert abs(human - parts[0][1] * amount) <= 0.5 + 1e-6


@given(two_shares(), st.integers(1, 150), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_a_budget_in_tokens_is_reached_and_overrun_by_less_than_a_row_a_part(parts, amount, seed):
    written = [written_rows(170, generation) for generation in range(2)]
    rows = mixed(parts, amount, human_rows(170), written, "tokens", seed)
    total = sum(rows["tokens"].to_pylist())
    assert amount <= total <= amount + 7 * len(parts)  # a row has at most eight tokens
    human = sum(row["tokens"] for row in rows.to_pylist() if row["origin"] == "human")
    assert -0.5 - 1e-6 <= human - parts[0][1] * amount < 8


@pytest.mark.parametrize(
    ("shares", "amount", "expected"),
    [
        ([0.5, 0.5], 10, [5, 5]),
        ([1 / 3, 1 / 3, 1 / 3], 10, [3, 4, 3]),
        ([0.05, 0.1, 0.85], 10, [1, 1, 8]),
        ([0.15, 0.15, 0.7], 10, [2, 1, 7]),
        ([0.04, 0.96], 10, [0, 10]),
        ([0.1] * 10, 10, [1] * 10),
        ([0.7, 0.2, 0.1], 1000, [700, 200, 100]),
    ],
)
def test_shares_of_a_budget_are_whole_and_add_up(shares, amount, expected):
    assert mix.amounts([{"share": share} for share in shares], amount) == expected


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=3),
    st.lists(st.integers(1, 20), max_size=2),
    st.integers(1, 200),
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_and_kept_always_fills_the_mix(weights, keeps, budget):
    """The plan asks for so many rows; graders keep some; the mix finds enough."""
    sources = ("synthetic-last", "human-fixed", "synthetic-all")
    shares = [
        Share(source=source, share=weight / sum(weights))
        for source, weight in zip(sources, weights, strict=False)
    ]
    regime = Regime.model_construct(mixture=shares)
    graders = tuple((None, Keep(best=best / 20)) for best in keeps)
    kept = to_write(ResolvedRegime(regime, None, graders), budget)
    for _, keep in graders:
        kept = int(best_share(np.arange(kept), np.ones(kept), keep.best).sum())
    parts = [share.model_dump() for share in shares]
    for each, amount in zip(parts, mix.amounts(parts, budget), strict=True):
        if each["source"] != "human-fixed":
            assert amount <= kept


def test_no_part_is_drawn_where_its_share_is_less_than_half_a_row():
    rows = mixed(
        *([("human-fixed", 0.04), ("synthetic-last", 0.96)], 10, human_rows(20)),
        [written_rows(20, 0)],
    )
    assert len(ids(rows, "human")) == 0
    assert rows.num_rows == 10


@given(st.sampled_from(["rows", "tokens"]), st.integers(0, 50), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_held_out_rows_are_never_learned_from(unit, seed, amount):
    human = human_rows(40)
    both = [("human-fixed", 0.5), ("synthetic-last", 0.5)]
    pool = [("human-fixed", "everything"), ("synthetic-all", "everything")]
    for parts in (HUMAN_ALONE, both, pool):
        rows = mixed(parts, amount, human, [written_rows(40, 0)], unit, seed, human_seed=seed)
        assert all(i.endswith("-train") for i in ids(rows, "human"))
        assert not {"split", "document", "prompt", "kept", "grades"} & set(rows.column_names)
        assert len(set(ids(rows))) == rows.num_rows  # and none twice


def test_the_seed_fixes_rows_and_their_order():
    parts = [("human-fixed", 0.5), ("synthetic-last", 0.5)]
    arguments = (parts, 30, human_rows(40), [written_rows(40, 0)])
    first, again, other = (ids(mixed(*arguments, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert sorted(first[:15]) != sorted(i for i in first if i.startswith("h"))  # parts are mixed


@pytest.mark.parametrize("unit", ["rows", "tokens"])
def test_the_human_part_is_the_same_in_every_generation_and_regime(unit):
    human = human_rows(60)
    found = {}
    for share, generation in itertools.product((1.0, 0.5, 0.25), (1, 2, 3)):
        parts = [("human-fixed", share), ("synthetic-last", 1 - share)]
        parts = parts[: 1 if share == 1.0 else 2]
        written = [written_rows(60, g) for g in range(generation)]
        rows = mixed(parts, 40, human, written, unit, seed=generation)
        found.setdefault(share, set()).add(frozenset(ids(rows, "human")))
    assert all(len(sets) == 1 for sets in found.values())
    whole, half, quarter = (next(iter(found[share])) for share in (1.0, 0.5, 0.25))
    assert quarter < half < whole
    other = mixed(HUMAN_ALONE, 40, human, [], unit, human_seed=8)
    assert frozenset(ids(other)) != whole


def test_only_the_last_generation_is_read_or_all_of_them():
    written = [written_rows(40, generation) for generation in range(3)]
    last = mixed([("synthetic-last", 1.0)], 40, human_rows(40), written)
    assert sorted(ids(last)) == sorted(written[-1]["id"].to_pylist())
    every = mixed([("synthetic-all", 1.0)], 120, human_rows(200), written)
    assert sorted(ids(every)) == sorted(i for rows in written for i in rows["id"].to_pylist())


def test_a_pool_has_every_row_of_every_source():
    """A budget as large as the pool draws all of it, and each of its rows once."""
    human = human_rows(40)
    written = [written_rows(10, generation) for generation in range(3)]
    parts = [("human-fixed", "everything"), ("synthetic-all", "everything")]
    seen = set()
    for seed in range(30):
        rows = mixed(parts, 40, human, written, seed=seed)
        assert rows.num_rows == 40
        seen |= set(ids(rows))
    expected = {i for i in human["id"].to_pylist() if i.endswith("-train")}
    assert len(expected) == 40
    assert seen == expected | {i for rows in written for i in rows["id"].to_pylist()}


def test_a_pool_is_drawn_from_evenly():
    parts = [("human-fixed", "everything"), ("synthetic-all", "everything")]
    human, written = human_rows(50), [written_rows(50, g) for g in range(3)]
    counts = [len(ids(mixed(parts, 50, human, written, seed=seed), "human")) for seed in range(40)]
    # 50 of 200 rows, 50 of them human: hypergeometric, 12.5 on average with deviation 2.66.
    assert abs(np.mean(counts) - 12.5) < 4 * 2.66 / 40**0.5
    assert 1 < np.std(counts) < 4.5


def test_rows_that_graders_dropped_are_not_learned_from():
    kept = [i % 3 == 0 for i in range(30)]
    copies = pa.array([int(k) for k in kept], pa.int32())
    grades = pa.array([[]] * 30, pa.list_(pa.struct([("grader", pa.string())])))
    written = [written_rows(30, 0, kept=kept, copies=copies, grades=grades)]
    rows = mixed([("synthetic-last", 1.0)], 10, human_rows(10), written)
    assert sorted(ids(rows)) == sorted(f"s0-{i}" for i in range(0, 30, 3))


def test_synthetic_rows_are_repeated_too():
    parts = [part("human-fixed", 0.5), part("synthetic-last", 0.5, unique=0.1)]
    rows = mixed(parts, 40, human_rows(40), [written_rows(20, 0)])
    counts = Counter(ids(rows, "synthetic"))
    assert set(counts.values()) == {5}
    assert len(counts) == 4
    assert len(set(ids(rows, "human"))) == 20


def test_a_shared_pool_holds_what_models_of_all_seeds_wrote():
    shared = [written_rows(10, seed) for seed in range(3)]
    rows = mixed([("synthetic-shared", 1.0)], 30, human_rows(30), shared[:1], shared=shared)
    assert Counter(ids(rows)) == Counter(i for rows_ in shared for i in rows_["id"].to_pylist())


def test_a_row_is_learned_from_as_often_as_graders_drew_it():
    copies = pa.array([3, 0, 1, 2], pa.int32())
    written = [written_rows(4, 0, kept=[True, False, True, True], copies=copies)]
    rows = mixed([("synthetic-last", 1.0)], 6, human_rows(6), written)
    assert sorted(ids(rows)) == ["s0-0", "s0-0", "s0-0", "s0-2", "s0-3", "s0-3"]


def test_rows_say_where_they_come_from():
    parts = [("human-fixed", 0.5), ("synthetic-last", 0.5)]
    for row in mixed(parts, 20, human_rows(20), [written_rows(20, 0)]).to_pylist():
        human = row["id"].startswith("h")
        assert row["origin"] == ("human" if human else "synthetic")
        assert row["generator"] == (None if human else "made-up/self")
        assert row["domain"] == ("prose" if human else None)
        assert row["text"].startswith(row["origin"])


def test_a_corpus_that_is_too_small_says_how_much_it_has():
    human = human_rows(12)
    with pytest.raises(UserError) as refused:
        mixed(HUMAN_ALONE, 13, human)
    assert str(refused.value).startswith(
        "the corpus's training split holds 12 rows and budget.rows asks for 13; "
        "lower budget.rows to at most 12"
    )
    tokens = [r["tokens"] for r in human.to_pylist() if r["split"] == "train"]
    assert mixed(HUMAN_ALONE, sum(tokens), human, unit="tokens").num_rows == 12
    with pytest.raises(UserError, match=f"holds {sum(tokens)} tokens and budget.tokens asks for"):
        mixed(HUMAN_ALONE, sum(tokens) + 1, human, unit="tokens")


def test_too_few_synthetic_rows_are_no_mix():
    with pytest.raises(RuntimeError, match="20 rows are asked for and 19 there; where"):
        mixed([("synthetic-last", 1.0)], 20, human_rows(20), [written_rows(19, 0)])


@given(st.lists(st.integers(1, 9), max_size=20), st.integers(0, 60))
def test_rows_are_taken_until_the_amount_is_reached(sizes, amount):
    rows = pa.table({"tokens": pa.array(sizes, pa.int32()), "i": range(len(sizes))})
    if amount > sum(sizes):
        with pytest.raises(RuntimeError, match="are asked for"):
            mix.take(rows, amount, "tokens")
        return
    expected = next(n for n in range(len(sizes) + 1) if sum(sizes[:n]) >= amount)
    assert mix.take(rows, amount, "tokens")["i"].to_pylist() == list(range(expected))
