"""What nothing dominates, against the definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchsuite.stats.pareto import pareto_front

POINTS = st.tuples(st.integers(0, 9), st.integers(1, 4)).flatmap(
    lambda shape: arrays(float, shape, elements=st.integers(0, 4).map(float))
)


def dominates(a, b):
    return all(x >= y for x, y in zip(a, b, strict=True)) and tuple(a) != tuple(b)


@given(POINTS)
@settings(max_examples=200, deadline=None)
def test_the_front_is_what_nothing_dominates(points):
    expected = [not any(dominates(b, a) for b in points) for a in points]
    assert pareto_front(points).tolist() == expected


def test_equal_points_are_both_on_it():
    assert pareto_front(np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 1.0]])).tolist() == [
        True,
        True,
        False,
    ]
