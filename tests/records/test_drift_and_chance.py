"""What stands beside a comparison: neutral drift, and whether the models know anything."""

import json
from dataclasses import asdict
from types import SimpleNamespace

import pyarrow as pa
import pytest
from made_up_suite import numbers_plan

from benchsuite.api import DyingOut, Metric, Resampled
from benchsuite.cli.results import _beside
from benchsuite.records.comparisons import compare
from benchsuite.records.drift import Drifts
from benchsuite.records.record import MetricEntry
from benchsuite.records.report.page import render
from benchsuite.records.tables import MEASUREMENT_SCHEMA, _chance, _informative

SHARE = "made-up/share"
AGAINST = {"real": "real", "replace": "real"}


@pytest.fixture(scope="module")
def suite():
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
        **changes,
    )


def measured(regime, generation, seed, slice_, value, informative=None, drift=None):
    row = {"regime": regime, "generation": generation, "seed": seed, "metric": SHARE}
    return row | {"slice": slice_, "value": value, "informative": informative, "drift": drift}


def table(*rows):
    return pa.Table.from_pylist(list(rows), schema=MEASUREMENT_SCHEMA)


def drifts(folder, laws):
    """The drift of a run with two generations; `laws` are what generation 0 tells by seed."""
    cells = []
    for seed, law in laws.items():
        for generation in (0, 1):
            step = f"{seed}-{generation}"
            found = [{"slice": "gap", "drift": law if generation == 0 else None}, {"slice": "old"}]
            (folder / step).mkdir()
            (folder / step / "measurements.json").write_text(json.dumps(found))
            cells.append(SimpleNamespace(regime="replace", generation=generation, seed=seed))
            cells[-1].measures = {SHARE: step}
    store = SimpleNamespace(path=lambda identity: folder / identity)
    return Drifts(SimpleNamespace(cells=cells), store, {"lost"}), cells


@pytest.mark.parametrize("law", [Resampled(0.21, 40.0), DyingOut((1, 2, 0), 0.5)])
def test_drift_is_what_generation_0_told(tmp_path, law):
    found, cells = drifts(tmp_path, {0: asdict(law), 1: None})
    errors = [found.error(cell, SHARE, "gap") for cell in cells]
    assert errors == [0, law.error(1), None, None]
    assert found.error(cells[1], SHARE, "old") is None
    assert found.error(cells[1], "made-up/other", "gap") is None


def test_a_step_without_a_result_tells_no_drift(tmp_path):
    lost = SimpleNamespace(regime="replace", generation=0, seed=0, measures={SHARE: "lost"})
    found = Drifts(SimpleNamespace(cells=[lost]), SimpleNamespace(path=None), {"lost"})
    assert found.error(lost, SHARE, "gap") is None


@pytest.mark.parametrize(
    ("by_seed", "expected"), [((3.0, 4.0), 12.5**0.5), ((3.0, None), 3.0), ((None, None), None)]
)
def test_the_drift_of_a_comparison_is_its_seeds(suite, by_seed, expected):
    rows = [
        measured(name, 1, seed, "gap", 0.0, drift=drift)
        for name, both in (("replace", by_seed), ("real", (None, None)))
        for seed, drift in enumerate(both)
    ]
    (found,) = compare(table(*rows), suite.suite, AGAINST, [entry()])
    assert found.drift == pytest.approx(expected)
    assert found.within_drift is (expected is not None)


@pytest.mark.parametrize(
    ("difference", "told"), [(0.9, ", within drift ±0.5"), (-1.1, ", drift ±0.5")]
)
def test_what_is_at_most_twice_the_drift_is_no_amplification(suite, difference, told):
    rows = [
        measured(name, 1, seed, "gap", value, drift=0.5)
        for name, value in (("replace", difference), ("real", 0.0))
        for seed in (0, 1)
    ]
    (found,) = compare(table(*rows), suite.suite, AGAINST, [entry()])
    assert found.within_drift is told.startswith(", within")
    assert _beside(found) == told


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
        measured(name, 1, seed, "gap", 0.1 * seed, known)
        for name, both in (("replace", regime), ("real", control))
        for seed, known in enumerate(both)
    ]
    (found,) = compare(table(*rows), suite.suite, AGAINST, [entry()])
    assert found.informative is expected
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


def test_the_page_says_what_is_within_drift(run):
    """Beside the difference of the headline and of every comparison, and below the curve."""
    odds = {"metrics/occupation-log-odds"}
    comparisons = [
        c.model_copy(update={"drift": 2 * abs(c.difference) if c.regime == "replace" else 1e-9})
        if c.metric in odds
        else c
        for c in run.record.comparisons
    ]
    record = run.record.model_copy(update={"comparisons": comparisons})
    page = render(record, run.measurements, run.samples)
    assert "within drift ±" not in render(run.record, run.measurements, run.samples)
    # Of `replace` alone: in the headline's slice twice, in the other slice once.
    assert page.count(", within drift ±") == 3
    assert page.count(", drift ±") == 9
    assert page.count("neutral drift, ± standard error") == 2
