"""Claims against made-up measurements whose results can be worked out by hand."""

import pytest
from made_up_claims import METRIC, contrast, measured, suite
from scipy.stats import ttest_1samp

from benchsuite.records.claims import judge_claims

NOISE = (-0.1, 0.0, 0.1)


def judged(value, *contrasts, slices=("all",), **given):
    """The contrasts of the one claim, and its verdict."""
    table = measured(value, slices=slices)
    (claim,) = judge_claims(table, suite(*contrasts, **given), [METRIC])
    return claim.contrasts, claim.verdict


def losses(regime, generation, seed, slice_):
    """The control stays at 4 + the seed; replace gets worse by 1 a generation, rare things by 3."""
    grows = {"all": 1.0, "rare": 3.0}[slice_] if regime == "replace" else 0.0
    return 4.0 + seed + grows * generation + NOISE[seed] * (regime == "replace"), 10


def test_a_difference_is_paired_by_seed():
    (found,), verdict = judged(losses, contrast())
    assert found.values == pytest.approx([1.9, 2.0, 2.1])
    assert found.mean == pytest.approx(2.0)
    expected = ttest_1samp([1.9, 2.0, 2.1], 0).confidence_interval(0.95)
    assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high))
    assert (found.regime, found.generation) == ("replace", 2)
    assert (found.against_regime, found.against_generation) == ("real", 2)
    assert (found.unit, found.verdict, verdict) == ("nats", "reproduced", "reproduced")


def test_a_ratio():
    (found,), _ = judged(losses, contrast(compare="ratio", least=1.2))
    assert found.values == pytest.approx([5.9 / 4, 7.0 / 5, 8.1 / 6])
    assert (found.unit, found.verdict) == ("times", "reproduced")


def test_each_generation_is_a_contrast_of_its_own():
    each = contrast(generation="each", against={"generation": "previous"})
    found, verdict = judged(losses, each)
    assert [(one.generation, one.against_generation) for one in found] == [(1, 0), (2, 1)]
    assert all(one.values == pytest.approx([1.0] * 3) for one in found)
    assert verdict == "reproduced"


def test_beyond_is_subtracted():
    rare = contrast(slice="rare", beyond={"slice": "all"})
    (found,), _ = judged(losses, rare, slices=("all", "rare"))
    assert found.values == pytest.approx([4.0] * 3)  # rises by 6, and the whole by 2
    assert found.beyond == {"slice": "all"}


def test_one_contrast_against_it_is_enough():
    found, verdict = judged(losses, contrast(), contrast(least=None, most=0), contrast(least=1.9))
    assert [one.verdict for one in found] == ["reproduced", "not reproduced", "not resolved"]
    assert verdict == "not reproduced"


def test_drift_is_counted_in_standard_errors():
    def share(regime, generation, seed, slice_):
        return 0.3 - 0.1 * generation, 100

    drift = contrast(compare="drift", against={"generation": 0}, least=None, most=-2)
    (found,), _ = judged(share, drift)
    # 100 draws in samples of 100 tokens are 200 in a budget of 200.
    variance = 0.3 * 0.7 * (1 - (1 - 1 / 200) ** 2 + 1 / 100 + 1 / 100)
    assert found.mean == pytest.approx(-0.2 / variance**0.5)
    assert (found.unit, found.verdict) == ("standard errors", "reproduced")


@pytest.mark.parametrize("missing", [None, "row"])
def test_a_seed_that_is_missing_is_not_averaged_over(missing):
    table = measured(
        lambda regime, generation, seed, slice_: (
            None if (regime, seed) == ("replace", 1) else 4.0,
            10,
        )
    )
    if missing == "row":
        table = table.filter(table["value"].is_valid())
    (claim,) = judge_claims(table, suite(contrast()), [METRIC])
    (found,) = claim.contrasts
    assert found.values == [0.0, None, 0.0]
    assert (found.mean, found.lower, found.verdict) == (None, None, "not resolved")
    assert claim.verdict == "not resolved"


def test_a_slice_that_nobody_measured_has_no_value():
    (found,), verdict = judged(losses, contrast(slice="al"))
    assert found.values == [None] * 3
    assert verdict == "not resolved"


def test_nothing_is_divided_by_zero():
    def zero(regime, generation, seed, slice_):
        return 0.0, 10

    ratio, drift = contrast(compare="ratio"), contrast(compare="drift", against={"generation": 0})
    found, _ = judged(zero, ratio, drift)
    assert [one.mean for one in found] == [None, None]


def test_one_seed_has_a_value_and_no_verdict():
    (found,), _ = judged(losses, contrast(), seeds=(1,))
    assert (found.mean, found.lower, found.verdict) == (2.0, None, "not resolved")
