"""Scores whose value is known: closed forms, and what must not change them."""

import made_up_scores as made
import numpy as np
import pytest
from made_up_scores import (
    BLIND,
    CONTROL,
    SCORED,
    anchor,
    board,
    entry,
    row,
    rows,
    scored,
    three,
    values,
)

from benchsuite.errors import UserError
from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.run import Run
from benchsuite.leaderboard.scoring import stand
from benchsuite.leaderboard.scoring.published import rounded


def between(of, share):
    """Values so far from the control to blind self-training, in each cell."""
    control, blind = anchor(of, CONTROL), anchor(of, BLIND)
    return {key: control[key] + share * (blind[key] - control[key]) for key in control}


@pytest.mark.parametrize(("share", "score"), [(0, 100), (1, 0), (0.5, 50), (-0.1, 110), (2, -100)])
def test_the_scale_between_blind_and_control(share, score):
    of = board()
    place = scored(of, between(of, share))
    assert len(place.metrics) == len(SCORED)
    for estimate in (place.score, *place.axes.values(), *(m.score for m in place.metrics)):
        assert estimate.value == pytest.approx(score, abs=1e-9)
        assert estimate.lower <= estimate.value <= estimate.upper


def test_the_control_is_100_and_blind_0_to_the_last_digit():
    of = board()
    entries = [entry(of, name, anchor(of, name)) for name in (CONTROL, BLIND)]
    control, blind = stand(of, entries).places
    assert {m.score.value for m in control.metrics} == {100.0}
    assert {m.score.value for m in blind.metrics} == {0.0}
    control, blind = rounded(stand(of, entries)).places
    assert (control.score.value, control.score.lower, control.score.upper) == (100, 100, 100)
    assert (blind.score.value, blind.against_blind.difference.upper) == (0, 0)


def test_units_leave_scores():
    of, own = board(), values(0.4, seed=5)
    scale = dict.fromkeys(own, 1000.0)
    scaled = board(*({k: v * scale[k] for k, v in anchor(of, n).items()} for n in (CONTROL, BLIND)))
    first = scored(of, own)
    second = scored(scaled, {key: array * scale[key] for key, array in own.items()})
    assert second.score.value == pytest.approx(first.score.value)
    assert second.score.lower == pytest.approx(first.score.lower)


def test_what_is_lost_as_a_loss_is_won_as_a_gain(monkeypatch):
    of, own = board(), values(0.4, seed=5)
    first = scored(of, own)
    monkeypatch.setitem(made.AXES, "m/loss", ("generalization", "higher"))
    monkeypatch.setitem(made.AXES, "m/tail", ("creativity", "lower"))
    turned = ("m/loss", "m/tail")

    def turn(found):
        return {k: -v if k[0] in turned else v for k, v in found.items()}

    of = board(turn(anchor(of, CONTROL)), turn(anchor(of, BLIND)))
    assert scored(of, turn(own)).model_dump()["axes"] == first.model_dump()["axes"]


def test_a_gap_scores_by_its_distance_from_zero():
    of, own = board(), values(0.4, seed=5)
    turned = {k: -v if made.AXES[k[0]][1] == "zero" else v for k, v in own.items()}
    assert scored(of, turned).score == scored(of, own).score


def test_the_curve_counts_and_not_its_end():
    of = board()
    late, early = anchor(of, CONTROL), anchor(of, CONTROL)
    late["m/loss", "all"] = late["m/loss", "all"] + [0, 0.3]
    early["m/loss", "all"] = early["m/loss", "all"] + [0.3, 0]
    assert scored(of, late).score.value == pytest.approx(scored(of, early).score.value)


def test_axes_weigh_the_same_however_many_measurements_they_have():
    of = board()
    own = anchor(of, CONTROL)
    own["m/gap", "all"] = anchor(of, BLIND)["m/gap", "all"]
    assert scored(of, own).score.value == pytest.approx(200 / 3)
    own["m/words", "all"] = anchor(of, BLIND)["m/words", "all"]
    assert scored(of, own).axes["creativity"].value == pytest.approx(50)
    assert scored(of, own).score.value == pytest.approx(50)


def test_an_entry_is_compared_with_the_control_of_its_own_run():
    """All models of a machine where everything is worse by the same score as on the board's."""
    of, own = board(), values(0.4, seed=5)
    first = scored(of, own)
    found = [
        row(r["regime"], r["seed"], r["generation"], (r["metric"], r["slice"]), r["value"] + 3)
        for r in entry(of, "own", own).run.measurements.to_pylist()
    ]
    known = entry(of, "own", own)
    elsewhere = Entry(known.folder, known.document, made.run(found))
    for place in stand(of, [elsewhere]).places:
        signed = {m.metric: m.score.value for m in place.metrics}
        for metric in first.metrics:
            if made.AXES[metric.metric][1] != "zero":
                assert signed[metric.metric] == pytest.approx(metric.score.value)


def test_order_of_entries_and_others_leave_scores():
    of = board()
    entries = three(of)
    first = stand(of, entries)
    assert stand(of, entries[::-1]) == first
    more = stand(of, [*entries, entry(of, "fourth", values(0.9, seed=77))])
    for place in more.places:
        for known in first.places:
            if known.entry == place.entry:
                assert place.score == known.score
                assert place.axes == known.axes
                assert place.metrics == known.metrics


def test_order_of_rows_leaves_scores():
    of = board()
    known = entry(of, "own", values(0.4, seed=5))
    order = np.random.default_rng(0).permutation(known.run.measurements.num_rows)
    mixed = Run(known.run.record, known.run.measurements.take(order))
    assert stand(of, [known]) == stand(of, [Entry(known.folder, known.document, mixed)])


def test_what_generation_0_lacks_is_not_missing():
    of = board()
    own = entry(of, "own", values(0.4, seed=5), more=[row(made.OWN, 3, 0, ("m/loss", "all"), 1e9)])
    assert stand(of, [own]).places[0].score == scored(of, values(0.4, seed=5)).score


def test_seeds_that_the_board_has_not_do_not_count():
    """Nobody gains by choosing which seeds to hand in."""
    of = board()
    best = list(rows(made.OWN, values(-1, seeds=(8, 9)), (8, 9)))
    own = entry(of, "own", values(0.4, seed=5), more=best)
    assert stand(of, [own]).places == stand(of, [entry(of, "own", values(0.4, seed=5))]).places


def test_cost_is_the_mean_of_the_generations_and_no_axis():
    of, own = board(), values(0.4, seed=5)
    standing = stand(of, [entry(of, "own", own)])
    (place,) = standing.places
    assert place.cost.value == pytest.approx(own[made.COST].mean())
    assert "cost" not in standing.axes


def test_values_and_differences_are_those_of_the_last_generation():
    of, own = board(), values(0.4, seed=5)
    control = anchor(of, CONTROL)
    for metric in scored(of, own).metrics:
        key = metric.metric, metric.slice
        last, usual = own[key][:, -1], control[key][:, -1]
        assert metric.value.value == pytest.approx(last.mean())
        assert metric.difference.value == pytest.approx((last - usual).mean())


def test_against_the_anchors():
    of = board()
    places = {
        p.entry: p for p in stand(of, [*three(of), entry(of, "c", anchor(of, CONTROL))]).places
    }
    good, bad = places["e0"], places["e2"]
    assert good.against_blind.verdict == "better"
    assert bad.against_control.verdict == "worse"
    assert bad.against_control.difference.value == pytest.approx(bad.score.value - 100)
    assert places["c"].against_control.p == 1
    assert places["c"].against_control.verdict == "unclear"
    assert all(p.against_blind.p <= p.against_blind.corrected for p in places.values())


def test_the_front_is_over_axes_and_cost():
    of = board()
    cheap = values(0.5, spread=0)
    costly = {**cheap, made.COST: cheap[made.COST] + 1}
    better = {**costly, ("m/gap", "all"): cheap["m/gap", "all"] - 0.1}
    free = {key: array for key, array in cheap.items() if key != made.COST}
    entries = [
        entry(of, name, own)
        for name, own in {"a": cheap, "b": costly, "c": better, "d": free}.items()
    ]
    standing = stand(of, entries)
    assert standing.front == ["creativity", "bias", "generalization"]
    assert {p.entry for p in standing.places if p.pareto} == {"a", "c"}


def test_a_board_without_entries():
    standing = stand(board(), [])
    assert standing.places == []
    assert [each.metric for each in standing.counted] == [key[0] for key in SCORED]


def test_an_unknown_version():
    of = board()
    with pytest.raises(UserError, match=r"--version: there is no scoring version 9; there is 1\."):
        stand(of, [], version=9)
    with pytest.raises(UserError, match=r"board.yaml: scoring.version: there is no"):
        stand(board(version=7), [])
