"""What an interval says of an expectation."""

from itertools import product

import pytest

from benchsuite.stats.paired import Interval, mean_interval
from benchsuite.stats.verdict import joined, judge

YES, NO, OPEN = "reproduced", "not reproduced", "not resolved"


@pytest.mark.parametrize(
    ("interval", "least", "most", "verdict"),
    [
        ((0.1, 0.3), 0, None, YES),
        ((-0.1, 0.3), 0, None, OPEN),
        ((-0.3, -0.1), 0, None, NO),
        ((-0.3, 0), 0, None, NO),  # on the bound is not beyond it
        ((0, 0.3), 0, None, OPEN),
        ((0.1, 0.3), 0.5, None, NO),  # the right direction, but too small
        ((0.1, 0.6), 0.5, None, OPEN),
        ((0.6, 0.9), 0.5, None, YES),
        ((-0.3, -0.1), None, 0, YES),
        ((0.1, 0.3), None, 0, NO),
        ((0.98, 1.01), 0.97, 1.03, YES),
        ((0.95, 1.01), 0.97, 1.03, OPEN),
        ((0.5, 1.5), 0.97, 1.03, OPEN),
        ((1.03, 1.2), 0.97, 1.03, NO),
        ((0.2, 0.4), 0.97, 1.03, NO),
        ((2, 2), 0, None, YES),
        ((0, 0), 0, None, NO),
    ],
)
def test_the_whole_interval_decides(interval, least, most, verdict):
    lower, upper = interval
    assert judge(Interval((lower + upper) / 2, lower, upper), least, most) == verdict


def test_without_an_interval_nothing_is_resolved():
    assert judge(None, 0, None) == OPEN
    assert judge(mean_interval([5.0]), 0, None) == OPEN


def test_all_must_hold():
    for verdicts in product([YES, NO, OPEN], repeat=3):
        expected = NO if NO in verdicts else OPEN if OPEN in verdicts else YES
        assert joined(verdicts) == expected
