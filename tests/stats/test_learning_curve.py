"""A cost read off a learning curve, against curves whose cost at a loss is known."""

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.stats.learning_curve import Point, cost_at

COSTS = (1.0, 2.0, 5.0, 40.0)


def logarithmic(costs=COSTS, start=4.0, slope=0.5):
    """loss = start - slope · log cost."""
    return [Point(start - slope * log(cost), cost) for cost in costs]


@given(cost=st.floats(1.001, 39.99), slope=st.floats(0.1, 3), order=st.permutations(range(4)))
def test_it_is_exact_where_loss_falls_with_log_cost(cost, slope, order):
    curve = logarithmic(slope=slope)
    found = cost_at(4.0 - slope * log(cost), [curve[i] for i in order])
    assert found == (pytest.approx(cost, rel=1e-9), "none")


def test_it_is_near_on_a_power_law_with_doubled_budgets():
    """loss = 1.7 + 3 · cost^-0.1 (a power law with what cannot be learned)."""
    curve = [Point(1.7 + 3 * cost**-0.1, cost) for cost in (1, 2, 4, 8)]
    found = cost_at(1.7 + 3 * 3**-0.1, curve)
    assert found.cost == pytest.approx(3, rel=0.01)


def test_a_loss_on_the_curve_costs_what_its_model_did_to_the_last_bit():
    for point in logarithmic():
        assert cost_at(point.loss, logarithmic()) == (point.cost, "none")


@given(factor=st.floats(1e-20, 1e20), loss=st.floats(2.2, 3.9))
def test_other_currencies_scale_it(factor, loss):
    scaled = [Point(point.loss, point.cost * factor) for point in logarithmic()]
    assert cost_at(loss, scaled).cost == pytest.approx(cost_at(loss, logarithmic()).cost * factor)


def test_nothing_is_extrapolated():
    assert cost_at(4.1, logarithmic()) == (1.0, "at most")
    assert cost_at(0.0, logarithmic()) == (40.0, "at least")


def test_a_curve_that_passes_a_loss_more_than_once_tells_no_cost():
    bent = [Point(3.0, 1), Point(2.0, 2), Point(2.5, 4), Point(1.0, 8)]
    assert [cost_at(loss, bent) for loss in (2.2, 2.0, 2.5)] == [None] * 3
    assert cost_at(2.75, bent) == (pytest.approx(exp(log(2) / 4)), "none")
    assert cost_at(1.75, bent) == (pytest.approx(4 * exp(log(2) / 2)), "none")
    flat = [Point(3.0, 1), Point(2.0, 2), Point(2.0, 4)]
    assert cost_at(2.0, flat) is None
    assert cost_at(2.5, flat).bound == "none"


def test_models_that_cost_nothing_and_curves_of_one_are_refused():
    for curve in ([], [Point(3, 1)], [Point(3, 0), Point(2, 1)]):
        with pytest.raises(ValueError, match="two models or more"):
            cost_at(2.5, curve)
