"""Exact second moments, against closed forms and against simulations with plain numpy."""

from math import pi

import numpy as np
import pytest
from benchsuite_theory.mixes import mixes
from benchsuite_theory.moments import Fit, moments
from loops import EVERYTHING, place, simulate

REPLACE = [("synthetic-last", 1.0)]
POOL = [("human-fixed", EVERYTHING), ("synthetic-all", EVERYTHING)]
HALF = [("human-fixed", 0.5), ("synthetic-last", 0.5)]
FRESH = [("human-fresh", 0.5), ("synthetic-last", 0.5)]


def errors(mixture, generations, amount, variance="known", budget="equal", **fit):
    found = mixes(place(mixture, generations, amount, budget=budget))
    return [each.error for each in moments(found, Fit(1.0, variance, **fit))]


def spreads(mixture, generations, amount, variance, budget="equal"):
    found = mixes(place(mixture, generations, amount, budget=budget))
    return [each.spread for each in moments(found, Fit(1.0, variance))]


def test_replacing_adds_one_over_n_a_generation():
    assert errors(REPLACE, 7, 20) == pytest.approx([t / 20 for t in range(1, 9)])


@pytest.mark.parametrize("budget", ["growing", "equal-training"])
def test_accumulating_is_the_sum_of_inverse_squares(budget):
    expected = np.cumsum([1 / i**2 for i in range(1, 61)]) / 20
    found = errors(POOL, 59, 20, budget=budget)
    assert found == pytest.approx(expected)
    assert 20 * found[-1] + 1 / 60.5 == pytest.approx(pi**2 / 6, abs=1e-4)


def test_a_pool_drawn_from_tends_to_its_limit():
    found = [1000 * error for error in errors(POOL, 80, 1000)]
    assert found[1] == pytest.approx(1.75, abs=2e-3)
    assert found[4] == pytest.approx(2.39, abs=5e-3)
    assert found[-1] == pytest.approx(pi**2 / 2 - 2, abs=0.05)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_fixed_and_new_people_tend_to_their_limits(k):
    n, real = 60, 1 / (1 + k)  # n real rows of a budget of n (1 + k)
    for source, limit in (
        ("human-fixed", 1 + k / (1 + 2 * k)),
        ("human-fresh", (1 + k) / (1 + 2 * k)),
    ):
        mixture = [(source, real), ("synthetic-last", 1 - real)]
        assert n * errors(mixture, 100, n * (1 + k))[-1] == pytest.approx(limit)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_fixed_budget_of_new_people_tends_to_its_limit(share):
    mixture = [("human-fresh", share), ("synthetic-last", 1 - share)]
    assert 100 * errors(mixture, 300, 100)[-1] == pytest.approx(1 / (share * (2 - share)))


def test_the_best_weight_of_new_people_is_the_reciprocal_golden_ratio():
    def limit(weight):
        return 50 * errors(FRESH, 80, 100, human_weight=weight)[-1]

    golden = (5**0.5 - 1) / 2
    w = 0.3
    assert limit(w) == pytest.approx((w**2 + (1 - w) ** 2) / (1 - (1 - w) ** 2))
    assert limit(golden) == pytest.approx(golden)
    assert limit(golden) < min(limit(golden - 0.05), limit(golden + 0.05))


def test_fitted_variances_shrink_by_their_closed_forms():
    n, last = 12, 9
    replaced = [(1 - 1 / n) ** (t + 1) for t in range(last + 1)]
    piled_up = np.cumprod([1 - 1 / (n * i**2) for i in range(1, last + 2)])
    assert spreads(REPLACE, last, n, "likelihood") == pytest.approx(replaced)
    assert spreads(REPLACE, last, n, "unbiased") == pytest.approx([1.0] * (last + 1))
    assert spreads(POOL, last, n, "likelihood", "growing") == pytest.approx(piled_up)


@pytest.mark.parametrize("mixture", [REPLACE, POOL, HALF, FRESH])
def test_spread_and_error_of_the_likelihood_add_up(mixture):
    found = mixes(place(mixture, 6, 10))
    assert [sum(each) for each in moments(found, Fit(2.5, "likelihood"))] == pytest.approx(
        [2.5] * 7
    )


CASES = [
    (REPLACE, {}),
    (POOL, {}),
    (POOL, {"whole": True}),
    (HALF, {}),
    (FRESH, {"human_weight": 0.3}),
    ([("human-fixed", 0.2), ("human-fresh", 0.3), ("synthetic-last", 0.5)], {}),
    ([("human-fresh", 0.4), ("synthetic-all", 0.6)], {}),
    ([("human-fixed", 0.3), ("synthetic-all", 0.4), ("synthetic-last", 0.3)], {}),
    ([("human-fresh", EVERYTHING), ("synthetic-all", EVERYTHING)], {}),
    ([("human-fixed", 0.5), ("synthetic-last", 0.5)], {"temperature": 0.6}),
]


@pytest.mark.parametrize("fit", ["known", "likelihood", "unbiased"])
@pytest.mark.parametrize(("mixture", "knobs"), CASES)
def test_moments_are_those_of_simulated_loops(mixture, knobs, fit):
    random, loops, last, amount = np.random.default_rng(1), 15_000, 3, 10
    error, spread = simulate(mixture, last, amount, loops, random, fit=fit, **knobs)
    if "human_weight" in knobs and fit != "known":
        return  # a weighted mean goes with a known variance alone
    budget = "growing" if knobs.get("whole") else "equal"
    found = mixes(place(mixture, last, amount, budget=budget))
    rest = {key: value for key, value in knobs.items() if key != "whole"}
    expected = moments(found, Fit(1.0, fit, **rest))
    for name, values in (("error", error), ("spread", spread)):
        exact = np.array([getattr(each, name) for each in expected])
        deviation = values.std(1) / np.sqrt(loops)
        off = np.abs(values.mean(1) - exact)
        assert (off <= 4.5 * deviation + 1e-12).all(), (name, exact, values.mean(1))


def test_where_no_formula_holds_there_is_none():
    assert mixes(place(REPLACE, 1, 10, prompts={"real": 4})) is None
    assert mixes(place(REPLACE, 1, 10, generator={"name": "acme/other"})) is None
    chosen = place(REPLACE, 1, 10)
    chosen.regime["mixture"].append({"source": "human-fixed", "share": 1.0, "chosen": [{}]})
    assert mixes(chosen) is None


def test_a_part_of_the_budget_has_no_formula():
    assert mixes(place([("human-fixed", 1.0)], 2, 10, budget={"share": 0.5})) is None
