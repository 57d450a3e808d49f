"""What stands beside a comparison: neutral drift, and whether the models know anything."""

import pyarrow as pa
import pytest
from made_up_suite import numbers_plan

from benchsuite.api import Metric
from benchsuite.cli.results import _beside
from benchsuite.records.comparisons import compare
from benchsuite.records.drift import Drift
from benchsuite.records.record import MetricEntry
from benchsuite.records.tables import MEASUREMENT_SCHEMA, _chance, _informative

SHARE = "made-up/share"


@pytest.fixture(scope="module")
def suite():
    """A budget of 20 rows, samples of 30."""
    return numbers_plan().suite


def entry(**changes):
    return MetricEntry(
        name=SHARE,
        summary="A share.",
        definition="A share.",
        axis="bias",
        unit="share",
        best="zero",
        context_slices=["samples"],
        reproducible=True,
        drifts={"gap": "samples"},
        **changes,
    )


def measured(regime, generation, seed, slice_, value, n=60, informative=None):
    row = {"regime": regime, "generation": generation, "seed": seed, "metric": SHARE}
    row |= {"slice": slice_, "value": value, "n": n, "informative": informative}
    return row


def table(*rows):
    return pa.Table.from_pylist(list(rows), schema=MEASUREMENT_SCHEMA)


def started():
    for regime in ("real", "replace"):
        yield measured(regime, 0, 0, "samples", 0.2)
        yield measured(regime, 0, 1, "samples", 0.4)


def test_drift_is_that_of_the_share_at_generation_0(suite):
    """√(p (1-p) (1-(1-1/n)^t)) with p = 0.3 and n = 60 · 20 / 30 mentions passed on."""
    drift = Drift(table(*started()), suite.suite, [entry()])
    for generation in (0, 1, 5):
        expected = (0.3 * 0.7 * (1 - (1 - 1 / 40) ** generation)) ** 0.5
        assert drift.error("replace", generation, SHARE, "gap") == pytest.approx(expected)


def test_what_is_no_share_does_not_drift(suite):
    drift = Drift(table(*started()), suite.suite, [entry()])
    assert drift.error("replace", 1, SHARE, "samples") is None
    assert drift.error("half", 1, SHARE, "gap") is None
    assert drift.error("replace", 1, "made-up/centre", "gap") is None
    few = table(measured("replace", 0, 0, "samples", 0.2, n=1))
    assert Drift(few, suite.suite, [entry()]).error("replace", 1, SHARE, "gap") is None
    none = table(measured("replace", 0, 0, "samples", None, n=0))
    assert Drift(none, suite.suite, [entry()]).error("replace", 1, SHARE, "gap") is None


@pytest.mark.parametrize(
    ("regime", "control", "expected"),
    [
        ((False, False), (False, False), False),
        ((False, True), (False, False), True),
        ((None, None), (None, None), None),
        ((None, None), (False, False), False),
    ],
)
def test_a_comparison_says_where_all_models_are_at_chance(suite, regime, control, expected):
    rows = [
        measured(name, 1, seed, "gap", 0.1 * seed, informative=known)
        for name, both in (("replace", regime), ("real", control))
        for seed, known in enumerate(both)
    ]
    against = {"real": "real", "replace": "real"}
    (found,) = compare(table(*started(), *rows), suite.suite, against, [entry()])
    assert found.informative is expected
    assert found.drift == pytest.approx((0.3 * 0.7 / 40) ** 0.5)
    assert _beside(found).startswith(", drift ±0.0725")
    assert _beside(found).endswith("all at chance") == (expected is False)


class Guess(Metric):
    axis, unit, best, chance = "generalization", "share", "higher", 0.5
    needs = frozenset({"model"})
    context_slices = frozenset({"beside"})

    def measure(self, subject, context):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"slice": "all", "lower": 0.4, "upper": 0.6}, False),
        ({"slice": "all", "lower": 0.5, "upper": 0.6}, False),
        ({"slice": "all", "lower": 0.51, "upper": 0.6}, True),
        ({"slice": "all", "lower": None, "upper": None}, None),
        ({"slice": "beside", "lower": 0.4, "upper": 0.6}, None),
    ],
)
def test_a_measurement_is_informative_where_its_interval_excludes_chance(found, expected):
    assert _informative(found, _chance(found, Guess)) is expected
