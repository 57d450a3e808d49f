"""Differences paired by item, averaged over seeds."""

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from benchsuite.records.items import Items

ANSWERS = np.random.default_rng(0).normal(size=(2, 2, 30))
"""By side, seed and item."""


def items(folder, answers):
    """The items of a run with two regimes at generation 1; `answers` by (regime, seed)."""
    cells = []
    for (regime, seed), values in answers.items():
        step = f"{regime}-{seed}"
        (folder / step).mkdir()
        rows = [{"slice": "all", "item": name, "value": value} for name, value in values.items()]
        if rows:
            pq.write_table(pa.Table.from_pylist(rows), folder / step / "items.parquet")
        cells.append(
            SimpleNamespace(regime=regime, generation=1, seed=seed, measures={"acme/quiz": step})
        )
    suite = SimpleNamespace(suite=SimpleNamespace(seeds=[0, 1]))
    store = SimpleNamespace(path=lambda identity: folder / identity)
    return Items(SimpleNamespace(suite=suite, cells=cells), store, set())


def all_answers():
    return {
        (regime, seed): {f"q{i}": float(v) for i, v in enumerate(ANSWERS[side, seed])}
        for side, regime in enumerate(("replace", "real"))
        for seed in (0, 1)
    }


def difference(found):
    return found.difference("replace", "real", 1, "acme/quiz", "all")


def test_it_is_students_t_of_each_items_mean_difference(tmp_path):
    interval, asked = difference(items(tmp_path, all_answers()))
    expected = stats.ttest_rel(*ANSWERS.mean(axis=1)).confidence_interval(0.95)
    assert asked == 30
    assert (interval.lower, interval.upper) == pytest.approx((expected.low, expected.high))


def test_the_order_of_items_does_not_matter(tmp_path):
    answers = all_answers()
    answers["real", 1] = dict(reversed(answers["real", 1].items()))
    interval, _ = difference(items(tmp_path, answers))
    expected = stats.ttest_rel(*ANSWERS.mean(axis=1)).confidence_interval(0.95)
    assert (interval.lower, interval.upper) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("other", [{}, {"q0": 1.0}, {f"r{i}": 0.0 for i in range(30)}])
def test_models_that_were_asked_other_items_are_not_paired(tmp_path, other):
    assert difference(items(tmp_path, all_answers() | {("real", 1): other})) is None
