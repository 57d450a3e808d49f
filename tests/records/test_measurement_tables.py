"""Chance beside what was measured: the metric's, or the slice's own."""

import pytest

from benchsuite.api import Metric
from benchsuite.records.tables import _chance, _informative


class Half(Metric):
    chance = 0.5
    context_slices = frozenset({"beside"})


class Unknown(Metric):
    pass


@pytest.mark.parametrize(
    ("kind", "found", "chance", "informative"),
    [
        (Half, {"lower": 0.4, "upper": 0.6}, 0.5, False),
        (Half, {"lower": 0.6, "upper": 0.7}, 0.5, True),
        (Half, {"lower": 0.2, "upper": 0.3, "chance": 0.25}, 0.25, False),
        (Half, {"lower": 0.4, "upper": 0.6, "slice": "beside"}, None, None),
        (Half, {"lower": 0.4, "upper": 0.6, "slice": "beside", "chance": 0.1}, 0.1, True),
        (Half, {"lower": None, "upper": None}, 0.5, None),
        (Unknown, {"lower": 0.4, "upper": 0.6}, None, None),
        (Unknown, {"lower": 0.4, "upper": 0.6, "chance": 0.0}, 0.0, True),
    ],
)
def test_an_interval_that_holds_chance_says_nothing(kind, found, chance, informative):
    found = {"slice": "all", "chance": None} | found
    assert _chance(found, kind) == chance
    assert _informative(found, chance) is informative
