"""Regimes beside their control: what a comparison holds, and what is not compared."""

import pyarrow as pa
import pytest
from made_up_suite import numbers_plan

from benchsuite.records.comparisons import compare
from benchsuite.records.record import MetricEntry
from benchsuite.records.tables import MEASUREMENT_SCHEMA


def entry(axis):
    return MetricEntry(
        name="made-up/cost",
        summary="A cost.",
        definition="A cost.",
        axis=axis,
        unit="FLOP",
        best="lower",
        context_slices=[],
        reproducible=True,
    )


def compared(axis, values):
    """Compare two regimes of two seeds, given their values."""
    rows = [
        {"regime": regime, "generation": 1, "seed": seed, "metric": "made-up/cost", "slice": "all"}
        | {"value": value, "n": 1}
        for regime, of_seeds in values.items()
        for seed, value in enumerate(of_seeds)
    ]
    table = pa.Table.from_pylist(rows, schema=MEASUREMENT_SCHEMA)
    against = {"real": "real", "replace": "real"}
    return compare(table, numbers_plan(seeds=2).suite.suite, against, [entry(axis)])


@pytest.mark.parametrize(
    ("control", "regime", "ratio"),
    [((2.0, 4.0), (3.0, 6.0), 1.5), ((2.0, None), (3.0, 6.0), None), ((0.0, 0.0), (1, 2), None)],
)
def test_costs_have_a_ratio(control, regime, ratio):
    (found,) = compared("cost", {"real": control, "replace": regime})
    assert found.ratio == ratio


def test_what_is_no_cost_has_none():
    (found,) = compared("bias", {"real": (2.0, 4.0), "replace": (3.0, 6.0)})
    assert found.ratio is None


def test_graders_are_not_compared_with_a_control_that_has_none():
    assert compared("grading", {"replace": (0.5, 0.6)}) == []
