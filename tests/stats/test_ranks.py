"""Ranks, against scipy's own tests and by their properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import false_discovery_control, ttest_rel

from benchsuite.stats.ranks import corrected, paired_p, rank

VALUES = st.tuples(st.integers(1, 8), st.integers(1, 5)).flatmap(
    lambda shape: arrays(float, shape, elements=st.floats(-200, 200).map(lambda x: round(x, 2)))
)


def test_p_is_scipys():
    random = np.random.default_rng(0)
    first, second = random.standard_normal((2, 40, 5))
    assert paired_p(first - second) == pytest.approx(ttest_rel(first, second, axis=1).pvalue)


def test_what_no_test_can_tell():
    assert paired_p(np.array([[3.0]])).tolist() == [1.0]
    assert paired_p(np.array([[0.0, 0.0, 0.0], [1e-12, 1e-12, 1e-12]])).tolist() == [1.0, 1.0]
    assert paired_p(np.array([[2.0, 2.0, 2.0]])).tolist() == [0.0]
    assert corrected(np.array([])).tolist() == []


def slow(values, level=0.05):
    """Ranks pair by pair."""
    pairs = [(i, j) for i in range(len(values)) for j in range(i)]
    p = [paired_p((values[i] - values[j])[None])[0] for i, j in pairs]
    after = false_discovery_control(p) if p else []
    better, worse = [0] * len(values), [0] * len(values)
    for (i, j), each in zip(pairs, after, strict=True):
        if each <= level:
            ahead = values[i].mean() > values[j].mean()
            better[j if ahead else i] += 1
            worse[i if ahead else j] += 1
    return [1 + b for b in better], [len(values) - w for w in worse]


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_ranks(values):
    found = rank(values)
    best, worst = slow(values)
    assert found.best.tolist() == best
    assert found.worst.tolist() == worst
    assert min(best) == 1
    assert all(1 <= b <= w <= len(values) for b, w in zip(best, worst, strict=True))
    means = values.mean(axis=1)
    assert found.best[means.argmax()] == 1
    assert found.worst[means.argmin()] == len(values)


@given(VALUES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_ranks_do_not_depend_on_the_order(values, random):
    order = random.sample(range(len(values)), len(values))
    assert rank(values[order]).best.tolist() == rank(values).best[order].tolist()


@given(VALUES)
@settings(max_examples=60, deadline=None)
def test_the_threshold_tells_what_is_significant(values):
    found = rank(values)
    first, second = np.triu_indices(len(values), 1)
    p = paired_p(values[first] - values[second])
    told = p <= (-1 if found.threshold is None else found.threshold)
    assert told.tolist() == (corrected(p) <= 0.05).tolist()


def test_ties_share_a_rank():
    noise = np.array([[0.3, -0.2, 0.1, -0.4, 0.2], [-0.1, 0.4, -0.3, 0.2, 0.0]])
    found = rank(np.vstack([50 + noise, 30 + 0.1 * noise[:1]]))
    assert found.best.tolist() == [1, 1, 3]
    assert found.worst.tolist() == [2, 2, 3]


def test_equal_entries_are_seldom_told_apart():
    random = np.random.default_rng(1)
    told = [rank(random.standard_normal((10, 5))).threshold is not None for _ in range(400)]
    assert np.mean(told) <= 0.08  # family-wise where all are equal: at most 5 %
