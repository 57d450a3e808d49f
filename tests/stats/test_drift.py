"""Neutral drift, against simulation."""

import numpy as np
import pytest

from benchsuite.stats.drift import drift_error, drift_variance


@pytest.mark.parametrize(
    ("share", "passed_on", "generations", "counted"),
    [(0.3, 200, 6, (100, 150)), (0.05, 1000, 3, (400, 400)), (0.5, 50, 1, (30, 3000))],
)
def test_it_is_what_resampling_gives(share, passed_on, generations, counted):
    """Each generation draws from the one before; both ends are measured by a sample."""
    random, runs = np.random.default_rng(0), 40_000
    shares = np.full(runs, share)
    for _ in range(generations):
        shares = random.binomial(passed_on, shares) / passed_on
    first = random.binomial(counted[0], share, runs) / counted[0]
    last = random.binomial(counted[1], shares) / counted[1]
    found = np.var(last - first)
    # What is measured at the end has lost some of its spread to fixation: at most t/N of it.
    expected = drift_variance(share, passed_on, generations, counted)
    assert found == pytest.approx(expected, rel=0.02 + generations / passed_on)


def test_without_generations_measuring_remains():
    assert drift_variance(0.5, 10, 0, (100, 400)) == pytest.approx(0.25 / 100 + 0.25 / 400)


def test_the_standard_error_is_the_exact_formula():
    """Wright-Fisher: the variance of a share after t generations, by simulation and by hand."""
    random, runs = np.random.default_rng(1), 40_000
    shares = np.full(runs, 0.2)
    for generation in range(1, 9):
        shares = random.binomial(30, shares) / 30
        expected = (0.2 * 0.8 * (1 - (29 / 30) ** generation)) ** 0.5
        assert drift_error(0.2, 30, generation) == pytest.approx(expected, rel=1e-12)
        assert np.std(shares) == pytest.approx(expected, rel=0.02)


def test_what_cannot_drift():
    assert drift_error(0.0, 10, 5) == drift_error(1.0, 10, 5) == drift_error(0.5, 10, 0) == 0
    assert drift_error(0.5, 1, 1) == 0.5
    for share, draws in ((1.1, 10), (-0.1, 10), (0.5, 0.5)):
        with pytest.raises(ValueError, match="do not drift"):
            drift_error(share, draws, 1)
