"""How far a mean over seeds is off."""

import numpy as np
import pytest
from scipy.stats import norm, t, ttest_1samp

from benchsuite.stats.agreement import over_seeds, within_models


def test_over_seeds_is_students_t_in_normal_units():
    values = np.random.default_rng(0).normal(1.5, 1, 6)
    found, expected = over_seeds(values, 1.0), ttest_1samp(values, 1.0)
    assert found.error == pytest.approx(values.std(ddof=1) / np.sqrt(6))
    assert 2 * norm.sf(abs(found.z)) == pytest.approx(expected.pvalue)
    assert np.sign(found.z) == np.sign(expected.statistic)
    assert t.cdf(-abs(expected.statistic), 5) == pytest.approx(norm.cdf(-abs(found.z)))


def test_one_seed_and_equal_seeds_tell_nothing():
    assert over_seeds([1.0], 2.0) == (None, None)
    assert over_seeds([1.0, 1.0], 2.0) == (None, None)


def test_seeds_that_err_together_are_trusted_as_one():
    assert within_models([0.1, 0.1], [3.0, 1.0], independent=False) == pytest.approx((0.1, 2.0))
    apart = within_models([0.1, 0.1], [3.0, 1.0], independent=True)
    assert apart == pytest.approx((0.1 / np.sqrt(2), 4 / np.sqrt(2)))
