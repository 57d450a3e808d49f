"""What is done with grades: rules that draw, against their distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.engine.operations.rules import accepted, chosen, resampled, weighted

NONE = dict.fromkeys(("best", "threshold", "weight", "resample", "power", "at_most"))
ONE = np.ones


def rng(seed=0):
    return np.random.default_rng(seed)


def drawn(scores, rule, seed=0, best="higher", sizes=None):
    scores = np.array(scores, float)
    return chosen(
        scores, ONE(len(scores)) if sizes is None else sizes, NONE | rule, best, rng(seed)
    )


def test_the_first_row_of_a_weighted_draw_is_in_proportion_to_its_weight():
    weights = np.array([1.0, 2.0, 3.0, 0.0, 4.0])
    first = sum(weighted(weights, ONE(5), 0.2, rng(seed)) for seed in range(4000)) / 4000
    error = np.sqrt(weights / 10 * (1 - weights / 10) / 4000)
    assert first[3] == 0
    assert (np.abs(first - weights / 10) <= 4 * error).all()


def test_two_rows_of_a_weighted_draw_come_as_drawn_one_after_the_other():
    weights = np.array([1.0, 2.0, 7.0])
    pairs = [tuple(weighted(weights, ONE(3), 2 / 3, rng(seed))) for seed in range(4000)]
    both = sum(pair == (True, True, False) for pair in pairs) / 4000
    exact = 0.1 * 2 / 9 + 0.2 * 1 / 8  # the first then the second, or the other way round
    assert abs(both - exact) < 4 * np.sqrt(exact * (1 - exact) / 4000)


def test_resampling_draws_in_proportion_to_weights():
    weights = np.array([1.0, 2.0, 3.0, 0.0, 4.0])
    times = sum(resampled(weights, ONE(5), 2.0, None, rng(seed)) for seed in range(1000)) / 1000
    exact = 10 * weights / weights.sum()
    assert times[3] == 0
    assert (np.abs(times - exact) <= 4 * np.sqrt(exact / 1000) + 1e-9).all()


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=12),
    st.sampled_from([0.3, 1.0, 1.7]),
    st.sampled_from([None, 2, 3]),
    st.integers(0, 99),
)
def test_a_resampled_share_is_reached_by_the_last_row_and_no_row_exceeds_its_times(
    rows, share, at_most, seed
):
    weights, sizes = np.array(rows, float).T
    wanted = share * sizes.sum()
    room = (sizes[weights > 0] * (at_most or np.inf)).sum()
    if room < wanted:
        with pytest.raises(RuntimeError, match="do not reach the share"):
            resampled(weights, sizes, share, at_most, rng(seed))
        return
    times = resampled(weights, sizes, share, at_most, rng(seed))
    held = (times * sizes).sum()
    assert wanted - 1e-6 <= held < wanted + sizes.max()
    assert times[weights == 0].sum() == 0
    assert times.max(initial=0) <= (at_most or np.inf)


def test_a_power_sharpens():
    scores = [1.0, 3.0]
    plain = sum(drawn(scores, {"weight": 0.5}, seed)[1] for seed in range(2000)) / 2000
    sharp = (
        sum(drawn(scores, {"weight": 0.5, "power": 2.0}, seed)[1] for seed in range(2000)) / 2000
    )
    assert abs(plain - 0.75) < 0.04
    assert abs(sharp - 0.9) < 0.03


def test_rules_that_draw_refuse_what_is_no_weight():
    for scores, best in (([-1.0, 2.0], "higher"), ([1.0, 2.0], "lower")):
        for rule in ({"weight": 0.5}, {"resample": 1.0}):
            with pytest.raises(RuntimeError, match="take scores of 0 or more"):
                drawn(scores, rule, best=best)


def test_a_weighted_draw_refuses_too_few_rows_of_weight():
    assert drawn([0, 0, 1, 1], {"weight": 0.5}).tolist() == [0, 0, 1, 1]
    with pytest.raises(RuntimeError, match=r"do not reach the share 0\.75"):
        drawn([0, 0, 1, 1], {"weight": 0.75})
    with pytest.raises(RuntimeError, match=r"do not reach the share 0\.5"):
        drawn([0, 0], {"weight": 0.5})


@pytest.mark.parametrize("rule", [{"best": 0.4}, {"threshold": 3.0}])
@pytest.mark.parametrize("best", ["higher", "lower"])
def test_rows_of_a_pool_are_accepted_as_they_were_chosen(rule, best):
    pool = rng(1).integers(0, 6, 30).astype(float)
    sizes = rng(2).integers(1, 9, 30)
    taken = drawn(pool, rule, best=best, sizes=sizes)
    found = accepted(pool, pool, sizes, NONE | rule, best)
    assert (found >= taken).all()  # ties with the last row that is kept pass as well
    worst = pool[taken > 0].min() if best == "higher" else pool[taken > 0].max()
    assert (found == (pool >= worst if best == "higher" else pool <= worst)).all()


@pytest.mark.parametrize("power", [None, 2.0])
def test_what_a_draw_is_expected_to_accept_is_what_it_takes_on_average(power):
    pool, sizes = np.array([0.0, 1.0, 2.0, 5.0] * 50), ONE(200)
    rule = NONE | {"resample": 1.5, "power": power}
    expected = accepted(np.array([0.0, 1.0, 2.0, 5.0]), pool, sizes, rule, "higher")
    times = sum(chosen(pool, sizes, rule, "higher", rng(seed)) for seed in range(100)) / 100
    found = times.reshape(50, 4).mean(0)
    assert np.abs(found - expected).max() < 0.1
    assert expected[3] / expected[1] == pytest.approx(5.0 ** (power or 1))


def test_a_draw_from_a_pool_of_no_weight_accepts_nothing():
    rule = NONE | {"weight": 0.5}
    assert accepted(np.array([1.0]), np.zeros(3), ONE(3), rule, "higher").tolist() == [0.0]
