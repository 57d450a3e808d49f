"""Cost ratios at equal quality, against learning curves whose cost at a loss is known."""

from dataclasses import replace
from itertools import product
from math import exp, log, sqrt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_suite import REGIMES, numbers_plan
from scipy.stats import t as student

from benchsuite.records.equal_quality import compare_costs
from benchsuite.records.tables import MEASUREMENT_SCHEMA
from benchsuite.suites.equal_quality import EqualQuality

RUNGS = {"real": 16.0, "part-half": 8.0, "part-quarter": 4.0}
ASKED = EqualQuality.model_validate(
    {
        "quality": {"metric": "m/loss"},
        "cost": [{"metric": "m/cost"}, {"metric": "m/cost", "slice": "own"}],
        "curve": list(RUNGS),
    }
)


@pytest.fixture(scope="module")
def plain():
    """Three rungs of one generation, but for the control's two, beside two regimes."""
    parts = {
        name: f"division: open\ncontrol: {name}\ngenerations: 1\nbudget: {{share: {share}}}\n"
        + REGIMES["real"]
        for name, share in (("part-half", 0.5), ("part-quarter", 0.25))
    }
    listed = "[part-half.yaml, part-quarter.yaml, replace.yaml, half.yaml]"
    found = numbers_plan(
        ("[replace.yaml, half.yaml, pool.yaml, graded.yaml]", listed), regimes=REGIMES | parts
    )
    return found.suite


@pytest.fixture(scope="module")
def suite(plain):
    return replace(plain, suite=plain.suite.model_copy(update={"equal_quality": ASKED}))


def costs(measurements, suite):
    last = {regime.name: suite.last_generation(regime) for regime in suite.regimes}
    return compare_costs(measurements, suite.suite, last)


def loss(cost, seed):
    """A learning curve of its own for each seed: a - b · log cost."""
    return 4.0 + 0.1 * seed - (0.5 + 0.1 * seed) * log(cost)


def table(equal, cost=10.0, better="lower", changes=None, scale=1.0):
    """`replace` as good as the control is at a cost of `equal[seed]`; its own part is a tenth."""
    rows = []
    for regime, generation, seed in product((*RUNGS, "replace", "half"), (0, 1, 2), (0, 1)):
        if generation == 2 and regime.startswith("part"):
            continue
        spent = RUNGS.get(regime, cost)
        found = {
            ("m/loss", "all"): loss(spent if regime in RUNGS else equal[seed], seed),
            ("m/cost", "all"): scale * spent,
            ("m/cost", "own"): scale * (spent if regime in RUNGS else cost / 10),
        }
        for (metric, slice_), value in found.items():
            sign = -1 if better == "higher" and metric == "m/loss" else 1
            key = (regime, generation, seed, metric, slice_)
            rows.append(
                {"regime": regime, "generation": generation, "seed": seed, "metric": metric}
                | {"slice": slice_, "unit": "coins", "n": 1}
                | {"higher_is_better": better == "higher" and metric == "m/loss"}
                | {"value": (changes or {}).get(key, sign * value)}
            )
    return pa.Table.from_pylist(rows, schema=MEASUREMENT_SCHEMA)


def of(entries, regime="replace", generation=1, slice_="all"):
    (found,) = (
        entry
        for entry in entries
        if (entry.regime, entry.generation, entry.cost_slice) == (regime, generation, slice_)
    )
    return found


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_the_controls_cost_at_the_same_loss_is_found_and_its_interval_is_over_seeds(suite, better):
    found = of(costs(table((5.0, 12.5), better=better), suite))
    assert found.cost == pytest.approx(10)
    assert found.control == pytest.approx(sqrt(5.0 * 12.5))
    assert found.ratio == pytest.approx(10 / sqrt(5.0 * 12.5))
    half = student.ppf(0.975, 1) * abs(log(2.0) - log(0.8)) / 2  # s / √2 of two values
    assert found.lower == pytest.approx(found.ratio * exp(-half))
    assert found.upper == pytest.approx(found.ratio * exp(half))
    assert (found.bound, found.reason, found.seeds, found.unit) == ("none", None, 2, "coins")
    expected = (loss(5.0, 0) + loss(12.5, 1)) / 2
    assert found.quality == pytest.approx(-expected if better == "higher" else expected)


def test_every_generation_of_every_regime_off_the_curve_has_each_cost(suite):
    found = costs(table((5.0, 5.0)), suite)
    expected = list(product(("replace", "half"), (1, 2), ("all", "own")))
    assert [(e.regime, e.generation, e.cost_slice) for e in found] == expected
    assert {e.curve_generation for e in found} == {1}  # the rungs end there
    assert of(found, slice_="own").ratio == pytest.approx(1 / 5)


@pytest.mark.parametrize("rung", RUNGS)
def test_a_rung_costs_exactly_what_the_curve_says(suite, rung):
    rows = table((5.0, 5.0)).to_pylist()
    spent = {(r["seed"], r["metric"], r["slice"]): r["value"] for r in rows if r["regime"] == rung}
    changes = {("replace", 1, *key): value for key, value in spent.items()}
    found = of(costs(table((5.0, 5.0), changes=changes), suite))
    assert (found.ratio, found.lower, found.upper) == (1.0, 1.0, 1.0)


@given(scale=st.floats(1e-9, 1e9))
def test_the_currency_does_not_matter(suite, scale):
    before = costs(table((5.0, 12.5)), suite)
    after = costs(table((5.0, 12.5), scale=scale), suite)
    for a, b in zip(before, after, strict=True):
        assert (b.ratio, b.lower, b.upper) == pytest.approx((a.ratio, a.lower, a.upper))
        assert b.control == pytest.approx(a.control * scale)


@pytest.mark.parametrize(
    ("equal", "bound", "ratio", "reason"),
    [
        ((2.0, 1.0), "at least", 10 / 4, "worse than every rung of the curve"),
        ((20.0, 99.0), "at most", 10 / 16, "better than every rung of the curve"),
        ((2.0, 9.0), "at least", 10 / sqrt(4 * 9), "seed 0 is worse than every rung"),
        ((5.0, 99.0), "at most", 10 / sqrt(5 * 16), "seed 1 is better than every rung"),
    ],
)
def test_outside_the_curve_there_is_a_bound(suite, equal, bound, ratio, reason):
    found = of(costs(table(equal), suite))
    assert (found.bound, found.lower, found.upper) == (bound, None, None)
    assert found.ratio == pytest.approx(ratio)
    assert found.reason.startswith(reason)


BENT = {
    ("part-quarter", 1, 1, "m/loss", "all"): loss(8.0, 1),
    ("part-half", 1, 1, "m/loss", "all"): loss(4.0, 1),
}


@pytest.mark.parametrize(
    ("equal", "changes", "reason"),
    [
        ((2.0, 99.0), {}, "some seeds are worse than every rung of the curve, others better"),
        ((6.0, 6.0), BENT, "the curve of seed 1 is not monotone there"),
        (
            (6.0, 6.0),
            {("replace", 1, 1, "m/loss", "all"): None},
            "m/loss all has no value for replace, generation 1, seed 1",
        ),
        (
            (6.0, 6.0),
            {("part-half", 1, 0, "m/cost", "all"): None},
            "m/cost all has no value for part-half, generation 1, seed 0",
        ),
        (
            (6.0, 6.0),
            {("replace", 1, 0, "m/cost", "all"): 0.0},
            "replace, generation 1, seed 0 cost nothing, of which there are no ratios",
        ),
    ],
)
def test_where_there_is_no_ratio_the_reason_is_told(suite, equal, changes, reason):
    found = of(costs(table(equal, changes=changes), suite))
    assert (found.ratio, found.lower, found.control, found.seeds) == (None, None, None, 0)
    assert (found.bound, found.reason) == ("none", reason)


def test_a_bend_elsewhere_does_not_matter(suite):
    found = of(costs(table((12.0, 12.0), changes=BENT), suite))
    assert found.bound == "none"
    assert found.ratio is not None


def test_a_model_that_failed_has_no_rows_at_all(suite):
    rows = table((6.0, 6.0))
    kept = [row for row in rows.to_pylist() if (row["regime"], row["seed"]) != ("replace", 1)]
    found = of(costs(pa.Table.from_pylist(kept, schema=MEASUREMENT_SCHEMA), suite))
    assert (found.ratio, found.quality, found.cost) == (None, None, None)
    assert "seed 1" in found.reason


def test_a_suite_that_does_not_ask_has_none(plain):
    assert costs(table((6.0, 6.0)), plain) == []
