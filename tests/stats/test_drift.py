"""Neutral drift, against simulation."""

import numpy as np
import pytest

from benchsuite.stats.drift import DyingOut, Resampled, drift_variance, share_drift


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
        assert share_drift(0.2, 30).error(generation) == pytest.approx(expected, rel=1e-12)
        assert np.std(shares) == pytest.approx(expected, rel=0.02)


def test_what_cannot_drift():
    errors = [share_drift(p, 10).error(t) for p, t in ((0.0, 5), (1.0, 5), (0.5, 0))]
    assert errors == [0, 0, 0]
    assert share_drift(0.5, 1).error(1) == 0.5
    for share, draws in ((1.1, 10), (-0.1, 10), (0.5, 0.5), (0.5, np.nan)):
        with pytest.raises(ValueError, match="do not drift"):
            share_drift(share, draws)


def test_a_figure_at_its_least_drifts_to_second_order():
    """Half the sum of squares of what three shares have moved, each over its first value."""
    random, runs, first = np.random.default_rng(2), 20_000, np.array([0.5, 0.3, 0.2])
    curvature, covariance = np.diag(1 / first), np.diag(first) - np.outer(first, first)
    bending = curvature @ covariance
    bent = np.trace(bending) ** 2 / 4 + np.trace(bending @ bending) / 2
    law, shares = Resampled(0.0, 400, bent), np.tile(first, (runs, 1))
    for _ in range(6):
        shares = random.multinomial(400, shares) / 400
    moved = ((shares - first) ** 2 / first).sum(axis=1) / 2
    assert law.error(6) == pytest.approx(np.sqrt(np.mean(moved**2)), rel=0.03)


@pytest.mark.parametrize("read", [0.2, 1.0, 3.0])
def test_types_die_out_as_in_a_branching_process(read):
    """Poisson uses from generation to generation; what a sample of them is expected to hold."""
    random, runs = np.random.default_rng(3), 20_000
    first = np.array([0, 1, 1, 2, 3, 5, 30])
    law, uses = DyingOut(tuple(first.tolist()), read), np.tile(first, (runs, 1))
    assert law.error(0) == 0
    for generation in range(1, 7):
        uses = random.poisson(uses)
        moved = np.exp(-first * read).mean() - np.exp(-uses * read).mean(axis=1)
        assert law.error(generation) == pytest.approx(np.sqrt(np.mean(moved**2)), rel=0.03)
        assert law.error(generation) > -np.mean(moved)
    assert law.error(100_000) == pytest.approx(1 - np.exp(-first * read).mean(), rel=1e-3)


@pytest.mark.parametrize(("uses", "read"), [((), 1.0), ((1,), 0.0), ((-1,), 1.0), ((1,), np.inf)])
def test_what_cannot_die_out(uses, read):
    with pytest.raises(ValueError, match="do not die out"):
        DyingOut(uses, read)
