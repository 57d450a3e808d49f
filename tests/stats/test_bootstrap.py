"""Intervals of the hierarchical bootstrap: closed forms, and how often they hold the truth."""

import numpy as np
import pytest
from scipy.stats import norm, t

from benchsuite.stats.bootstrap import draw, margins

ONE = np.ones((1, 1))


SHARES = [[1, 0, 1, 2], [1, 1, 0, 2], [0, 2, 2, 0]]
NOISE = [
    [-0.523922320010044, 1.143350467334201],
    [-0.5156987130257281, -0.5875249121798062],
    [2.6120756746347746, 0.8156922693998069],
]


def test_draws_stay_the_same():
    """Published scores rest on them: on any machine and in any version of numpy."""
    drawn = draw(3, 4, 2, seed=7)
    assert (4 * drawn.shares).tolist() == SHARES
    assert drawn.noise == pytest.approx(np.array(NOISE))


def test_draws_are_of_what_they_should_be():
    drawn = draw(50_000, 4, 1, seed=0)
    assert np.allclose(drawn.shares.sum(axis=1), 1)
    assert np.allclose(drawn.shares.mean(axis=0), 0.25, atol=0.005)
    assert drawn.shares.var(axis=0) == pytest.approx(0.25 * 0.75 / 4, rel=0.03)
    assert drawn.noise.mean() == pytest.approx(0, abs=0.02)
    assert drawn.noise.std() == pytest.approx(1, rel=0.02)
    assert np.mean(drawn.noise < 1) == pytest.approx(norm.cdf(1), abs=0.01)


def test_without_rows_it_is_students_interval():
    values = np.array([[1.0], [4.0], [2.5], [7.0]])
    found = margins(values, np.zeros((4, 1)), ONE, draw(100_000, 4, 1, 0))
    expected = t.ppf(0.975, 3) * values.std(ddof=1) / 2
    assert found[0] == pytest.approx(expected, rel=0.01)


def test_where_seeds_agree_rows_are_what_is_unsure():
    errors = np.array([[3.0], [4.0], [0.0], [5.0]])
    found = margins(np.ones((4, 1)), errors, ONE, draw(100_000, 4, 1, 0))
    assert found[0] == pytest.approx(1.96 * np.sqrt(50) / 4, rel=0.01)


def test_what_rows_explain_does_not_count_twice():
    values = np.array([[1.0], [4.0], [2.5], [7.0]])
    drawn = draw(100_000, 4, 1, 0)
    rows = np.full((4, 1), values.std(ddof=1) / 2)
    both, seeds = (margins(values, e, ONE, drawn)[0] for e in (rows, 0 * rows))
    assert both == pytest.approx(seeds)


def test_sums_of_measurements():
    """Of a difference, where measurements move together, next to nothing is unsure."""
    random = np.random.default_rng(0)
    shared = random.standard_normal((5, 1))
    values = np.hstack([shared, shared + 0.01 * random.standard_normal((5, 1))])
    weights = np.array([[1.0, 0.5, 1.0], [0.0, 0.5, -1.0]])
    single, mean, difference = margins(values, 0 * values, weights, draw(2000, 5, 2, 0))
    assert mean == pytest.approx(single, rel=0.02)
    assert difference < 0.05 * single


def test_a_single_seed_has_no_interval():
    assert np.isnan(
        margins(np.ones((1, 2)), np.ones((1, 2)), np.ones((2, 3)), draw(10, 1, 2, 0))
    ).all()


def test_nothing_unsure_has_no_width():
    assert margins(np.ones((3, 1)), np.zeros((3, 1)), ONE, draw(100, 3, 1, 0)).tolist() == [0.0]


def covered(seeds, rows, times=2500):
    """How often 95 % intervals hold the truth: ours, and expanded percentiles (Hesterberg 2015)."""
    random = np.random.default_rng(seeds)
    drawn = draw(1000, seeds, 1, 0)
    errors = np.full((seeds, 1), np.sqrt(rows))
    tail = norm.cdf(-np.sqrt(seeds / (seeds - 1)) * t.ppf(0.975, seeds - 1))
    ours = expanded = 0
    for _ in range(times):
        values = np.sqrt(1 + rows) * random.standard_normal((seeds, 1))
        ours += abs(values.mean()) <= margins(values, errors, ONE, drawn)[0]
        lower, upper = np.quantile(drawn.shares @ values, [tail, 1 - tail])
        expanded += lower <= 0 <= upper
    return ours / times, expanded / times


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_intervals_hold_the_truth_as_often_as_they_say(seeds):
    """Within four standard errors of 95 %: √(0.95 · 0.05 / 2500) = 0.0044."""
    ours, expanded = covered(seeds, rows=0)
    assert 0.93 <= ours <= 0.97
    if seeds < 10:
        assert expanded < 0.935


@pytest.mark.parametrize("rows", [0.25, 4.0])
def test_intervals_hold_the_truth_where_rows_are_noise(rows):
    ours, _ = covered(3, rows)
    assert 0.93 <= ours <= 0.99
