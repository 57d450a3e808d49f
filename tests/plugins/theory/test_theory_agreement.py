"""Standard errors are honest: z is as seldom large as a normal variable, also for skewed values."""

import numpy as np
import pytest
from benchsuite_theory.agreement import held, measured, of_distribution
from scipy.stats import binom, norm


@pytest.mark.parametrize("replicates", [40, 400])
@pytest.mark.parametrize(
    ("draw", "mean"),
    [
        (lambda random, shape: random.normal(size=shape) ** 2, 1.0),
        (lambda random, shape: random.exponential(size=shape), 1.0),
        (lambda random, shape: (random.random(shape) < 0.2) * 1.0, 0.2),
    ],
)
def test_z_of_skewed_values_is_near_to_normal(draw, mean, replicates):
    values = draw(np.random.default_rng(5), (2000, replicates))
    found = [measured(each, "all", mean, "").expected.z for each in values]
    z = np.array([each for each in found if each is not None])
    assert len(z) > 1750  # others are too skewed to tell
    assert 0.85 < z.std() < 1.1
    assert np.mean(np.abs(z) > 2) < 2 * norm.sf(2) + 0.015
    assert np.mean(np.abs(z) > 3) < 0.009
    assert np.mean(np.abs(z) > 4) < 0.0015


def test_a_value_that_is_off_is_far_off():
    values = np.random.default_rng(6).normal(1.2, 1, 1000)
    expected = measured(values, "all", 1.0, "").expected
    assert expected.error == pytest.approx(1 / np.sqrt(1000), rel=0.1)
    assert expected.z == pytest.approx((values.mean() - 1) / expected.error, rel=0.05)


def test_units_do_not_matter():
    values = np.random.default_rng(7).normal(1.1, 1, 200) ** 2
    z = measured(values, "all", 2.0, "").expected.z
    assert measured(1e-20 * values, "all", 2e-20, "").expected.z == pytest.approx(z)


def test_what_is_too_skewed_or_left_to_chance_tells_no_error():
    values = np.zeros(100)
    values[0] = 1.0
    assert measured(values, "all", 0.01, "").expected.z is None
    assert measured(np.arange(50.0), "all", 24.5, "", by_chance=True).expected.error is None


def test_equal_values_differ_from_what_they_cannot_be():
    assert abs(measured(np.ones(500), "all", 1 - 1e-9, "").expected.z) < 0.01
    assert measured(np.ones(500), "all", 0.5, "").expected.z > 10
    assert measured(np.zeros(500), "all", 0.5, "").expected.z < -10


def test_the_place_in_a_distribution_as_a_normal_value():
    law = binom(400, 0.5)
    for count in (170, 200, 230):
        z = of_distribution(law.cdf(count - 1), law.pmf(count), law.sf(count))
        assert z == pytest.approx((count - 200) / 10, abs=0.03)


def test_what_must_hold_has_no_error():
    assert held(3.0, "all", 3.0, "", 1e-9).expected.error == 0
