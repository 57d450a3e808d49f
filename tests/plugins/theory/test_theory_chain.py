"""The chain of counts, against simulations, limits and closed forms."""

import numpy as np
import pytest
from benchsuite_theory.chain import DRIFT, Law, chain
from benchsuite_theory.mixes import mixes
from benchsuite_theory.share import limit
from loops import place

REPLACE = [("synthetic-last", 1.0)]


def of(mixture, generation, amount, p, law=DRIFT):
    return chain(mixes(place(mixture, generation, amount)), p, law)


def test_drift_keeps_the_mean_and_loses_variance():
    n, p = 30, 0.2
    found = of(REPLACE, 5, n, p)
    assert found.distribution.sum() == pytest.approx(1)
    assert found.mean == pytest.approx(p)
    assert found.deviation**2 == pytest.approx(p * (1 - p) * (1 - (1 - 1 / n) ** 6))


@pytest.mark.parametrize("expected_count", [0.5, 2.0])
def test_survival_tends_to_the_branching_process(expected_count):
    n, lost = 800, 0.0
    for generation in range(6):
        alive = 1 - np.exp(-expected_count * (1 - lost))
        found = 1 - of(REPLACE, generation, n, expected_count / n).distribution[0]
        assert found == pytest.approx(alive, abs=2e-3)
        lost = np.exp(lost - 1)


def test_sharpening_tends_to_log_odds_over_temperature():
    minority = [limit(mixes(place(REPLACE, t, 100)), 0.3, Law(0.8)) for t in range(1, 6)]
    assert minority == pytest.approx([0.258, 0.210, 0.161, 0.112, 0.070], abs=1e-3)
    assert of(REPLACE, 3, 1200, 0.3, Law(0.8)).mean == pytest.approx(minority[2], abs=3e-3)


@pytest.mark.parametrize(("share", "fixed_point"), [(0.1, 0.055), (0.25, 0.156), (0.5, 0.252)])
def test_people_give_sharpening_a_fixed_point(share, fixed_point):
    mixture = [("human-fresh", share), ("synthetic-last", 1 - share)]
    assert limit(mixes(place(mixture, 200, 1000)), 0.3, Law(0.8)) == pytest.approx(
        fixed_point, abs=6e-4
    )


@pytest.mark.parametrize(
    ("rates", "end"), [((0.7, 0.5), 0.83), ((0.5, 0.7), 0.08), ((0.6, 0.6), 0.4)]
)
def test_a_verifier_multiplies_the_odds(rates, end):
    law = Law(odds=rates[0] / rates[1])
    share = limit(mixes(place(REPLACE, 6, 1000)), 0.4, law)
    assert share / (1 - share) == pytest.approx(0.4 / 0.6 * (rates[0] / rates[1]) ** 6)
    assert of(REPLACE, 6, 800, 0.4, law).mean == pytest.approx(end, abs=0.01)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("people", ["human-fixed", "human-fresh", None])
def test_the_chain_is_that_of_simulated_loops(people, temperature):
    n, kept, p, loops = 12, 4, 0.35, 100_000
    random = np.random.default_rng(3)
    first = random.random((loops, n)) < p
    count = first.sum(1)
    for _ in range(3):
        share = count / n
        sharp = (share >= 0.5) * 1.0
        if temperature:
            powered = share ** (1 / temperature)
            sharp = powered / (powered + (1 - share) ** (1 / temperature))
        human = {
            "human-fixed": first[:, :kept].sum(1),
            "human-fresh": random.binomial(kept, p, loops),
        }
        count = (
            human[people] + random.binomial(n - kept, sharp)
            if people
            else random.binomial(n, sharp)
        )
    mixture = [(people, kept / n), ("synthetic-last", 1 - kept / n)] if people else REPLACE
    found = of(mixture, 3, n, p, Law(temperature))
    seen = np.bincount(count, minlength=n + 1) / loops
    error = np.sqrt(found.distribution / loops)
    assert (np.abs(seen - found.distribution) <= 5 * error + 1e-4).all()


def test_rows_of_several_generations_are_no_chain():
    assert of([("synthetic-all", 1.0)], 2, 10, 0.3) is None
    assert of([("human-fixed", 0.5), ("synthetic-all", 0.5)], 2, 10, 0.3) is None
