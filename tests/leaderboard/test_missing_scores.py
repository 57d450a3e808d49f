"""What says nothing is left out and named; what is missing is never averaged over."""

import made_up_scores as made
import numpy as np
import pytest
from made_up_scores import BLIND, CONTROL, SCORED, board, entry, scored, three, values

from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.scoring import stand


def test_a_measurement_that_does_not_tell_control_from_blind_is_left_out_and_named():
    blind = values(1, seed=2)
    blind["m/gap", "all"] = values(0, seed=8)["m/gap", "all"]
    of = board(blind=blind)
    standing = stand(of, three(of))
    (left,) = standing.left_out
    assert (left.metric, left.axis) == ("m/gap", "bias")
    assert "does not tell" in left.reason
    assert "over 3 seeds" in left.reason
    assert standing.axes == ["generalization", "creativity"]
    assert all(len(place.metrics) == 3 and place.score.value for place in standing.places)


def test_blind_better_than_the_control_tells_nothing_either():
    blind = {**values(1, seed=2), ("m/tail", "all"): values(-1, seed=2)["m/tail", "all"]}
    (left,) = stand(board(blind=blind), []).left_out
    assert left.metric == "m/tail"
    assert "better by -" in left.reason


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (("m/nothing", "all"), "do not measure it"),
        (("m/tail", "beside"), "never compared"),
        (("m/tail", "other"), "lack a value"),
        (("m/flops", "all"), "axis cost"),
    ],
)
def test_why_measurements_are_left_out(key, reason):
    (left,) = stand(board(scored=[*SCORED, key]), []).left_out
    assert (left.metric, left.slice) == key
    assert reason in left.reason


def test_one_seed_tells_nothing():
    of = board(seeds=(7,))
    standing = stand(of, [entry(of, "own", values(0.4, seeds=(7,)), seeds=(7,))])
    assert {left.reason for left in standing.left_out} == {
        "The baselines have a single seed, whose noise nobody knows."
    }
    (place,) = standing.places
    assert place.score.value is None
    assert place.rank is None
    assert standing.axes == []


def test_baselines_that_are_contaminated_tell_nothing():
    of = board()
    found = [
        {**r, "contaminated": r["metric"] == "m/tail" and r["regime"] == BLIND}
        for r in of.baselines.measurements.to_pylist()
    ]
    (left,) = stand(type(of)(of.folder, of.document, made.run(found)), []).left_out
    assert left.metric == "m/tail"
    assert "trained on too much" in left.reason


def without(of, seed, generation, metric, regime=made.OWN):
    whole = entry(of, "own", values(0.4, seed=5))
    kept = [
        r
        for r in whole.run.measurements.to_pylist()
        if (r["seed"], r["generation"], r["metric"], r["regime"])
        != (seed, generation, metric, regime)
    ]
    return Entry(whole.folder, whole.document, made.run(kept))


@pytest.mark.parametrize("regime", [made.OWN, CONTROL])
def test_a_missing_measurement_makes_the_aggregate_missing(regime):
    of = board()
    standing = stand(of, [without(of, 4, 2, "m/words", regime), *three(of)])
    place = standing.places[-1]
    assert place.entry == "own"
    assert (place.rank, place.best, place.worst, place.score.value) == (None,) * 4
    assert place.score.lower is None
    assert place.axes["creativity"].value is None
    assert place.axes["bias"].value is not None
    assert place.by_seed == {}
    assert place.against_control is None
    assert place.missing == [f"m/words, all: {regime} has no value in seed 4, generation 2"]
    assert {each.worst for each in standing.places[:-1]} <= {1, 2, 3}


def test_a_contaminated_measurement_is_missing_and_named():
    of = board()
    place = scored(of, values(0.4, seed=5), contaminated=True)
    assert place.score.value is None
    assert "m/loss, all: own is contaminated in seed 3, generation 1 and 5 more" in place.missing


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, 1e99])
def test_numbers_beyond_counting_do_not_break_the_board(value):
    of = board()
    own = {key: np.full_like(array, value) for key, array in values(0.4).items()}
    signs = np.where(np.arange(len(made.SEEDS)) % 2, -1, 1)[:, None]
    alternating = {key: array * signs for key, array in own.items()}
    entries = [
        *three(of),
        entry(of, "hostile", own, lower=-1.7e308, upper=1.7e308),
        entry(of, "worse", alternating, lower=0.0, upper=1e300),
        entry(of, "worst", alternating),
    ]
    assert len(stand(of, entries).places) == 6
