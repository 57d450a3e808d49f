"""What a suite says of cost at equal quality: checked with line and key, or left out."""

import pytest
from suite_texts import SUITE, resolved

from benchsuite.errors import UserError
from benchsuite.plugins.registry import installed
from benchsuite.suites.resolve import Changes, resolve

ASKS = (
    SUITE.replace("[real, replace]", "[real, real-half, real-from-previous, replace]").replace(
        "headline:", "  - flops\n  - seconds\nheadline:"
    )
    + """\
equal_quality:
  quality: {metric: metrics/bits-per-byte, slice: in-domain}
  cost:
    - {metric: metrics/flops}
  curve:
    - real
    - real-half
"""
)


def test_the_resolved_suite_says_what_is_asked(tmp_path):
    assert resolved(tmp_path).document()["equal_quality"] is None
    assert resolved(tmp_path, ASKS).document()["equal_quality"] == {
        "quality": {"metric": "metrics/bits-per-byte", "slice": "in-domain"},
        "cost": [{"metric": "metrics/flops", "slice": "all"}],
        "curve": ["real", "real-half"],
    }
    assert resolved(tmp_path, ASKS).digest != resolved(tmp_path).digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "- real-half\n",
            "- real-hal\n",
            (
                "yaml:27: equal_quality.curve.1 is real-hal, which is no regime of the suite, "
                "did you mean real-half?"
            ),
        ),
        (
            "- real-half\n",
            "- replace\n",
            (
                "yaml:27: equal_quality.curve.1 is replace, which learns from synthetic rows; a "
                "curve is of human rows alone."
            ),
        ),
        (
            "- real-half\n",
            "- real-from-previous\n",
            (
                "yaml:27: equal_quality.curve.1 is real-from-previous, which does not start as "
                "real does; a curve has one init."
            ),
        ),
        (
            "- real-half\n",
            "- real\n",
            "yaml:25: equal_quality.curve: the regime real stands there twice.",
        ),
        (
            "    - real-half\n",
            "",
            "yaml:25: equal_quality.curve is ['real']: list should have at least 2 items",
        ),
        (
            "{metric: metrics/flops}",
            "{metric: metrics/flop}",
            (
                "yaml:24: equal_quality.cost.0.metric is metrics/flop, which the suite does not "
                "measure, did you mean metrics/flops?"
            ),
        ),
        (
            "{metric: metrics/flops}",
            "{metric: metrics/bits-per-byte}",
            (
                "yaml:24: equal_quality.cost.0.metric is metrics/bits-per-byte, a metric of "
                "generalization, not of cost."
            ),
        ),
        (
            "{metric: metrics/flops}",
            "{metric: metrics/seconds}",
            "equal_quality.cost.0.metric is metrics/seconds, which no seed fixes; take",
        ),
        (
            "quality: {metric: metrics/bits-per-byte, slice: in-domain}\n  cost",
            "quality: {metric: metrics/distinct}\n  cost",
            (
                "yaml:22: equal_quality.quality.metric is metrics/distinct, of which zero is "
                "best; take"
            ),
        ),
        ("  cost:", "  costs:", "unknown key equal_quality.costs, did you mean cost?"),
    ],
)
def test_what_does_not_fit_is_said_at_its_line(tmp_path, old, new, said):
    assert ASKS.count(old) == 1
    with pytest.raises(UserError) as refused:
        resolved(tmp_path, ASKS.replace(old, new))
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert said in sentence


def test_regimes_that_are_chosen_without_a_rung_are_not_compared(tmp_path):
    def asked(*regimes):
        return resolved(tmp_path, ASKS, regimes=regimes).suite.equal_quality

    assert asked("replace") is None
    assert asked("real-half", "replace").curve == ["real", "real-half"]


def test_the_shipped_systems_ask_for_it():
    suite = resolve("systems", installed(), Changes())
    asked = suite.suite.equal_quality
    budgets = [each.regime.budget_share for each in suite.regimes if each.name in asked.curve]
    assert budgets == [1, 1 / 2, 1 / 4, 1 / 8]
    assert {cost.slice for cost in asked.cost} == {"own", "all"}
