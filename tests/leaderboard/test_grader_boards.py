"""Boards of graders: AUC from chance to perfection, rates beside, the downstream effect."""

import made_up_scores as made
import numpy as np
import pytest
from made_up_scores import BLIND, CONTROL, anchor, board, entry, values
from pydantic import ValidationError

from benchsuite.leaderboard.board import BoardDocument
from benchsuite.leaderboard.scoring import stand

GRADERS = {
    "auc": [
        {"metric": "m/auc", "slice": "{grader}, human"},
        {"metric": "m/auc", "slice": "{grader}, facts"},
    ],
    "tpr": [{"metric": "m/rates", "slice": "{grader}, human: TPR"}],
    "fpr": [{"metric": "m/rates", "slice": "{grader}, human: FPR"}],
}


def graded(of, name, human, facts, level=0.5, grader=None, more=None):
    """An entry whose grader has these AUC in all cells; `level` is what its regime comes to."""
    grader, shape = grader or name, (len(made.SEEDS), made.GENERATIONS)
    found = {
        ("m/auc", f"{grader}, human"): human + np.zeros(shape),
        ("m/auc", f"{grader}, facts"): facts + np.zeros(shape),
        ("m/rates", f"{grader}, human: TPR"): np.full(shape, 0.8),
        ("m/rates", f"{grader}, human: FPR"): np.full(shape, 0.3),
        **values(level, seed=9),
        **(more or {}),
    }
    return entry(of, name, found)


@pytest.fixture(scope="module")
def of():
    return board(graders=GRADERS)


def test_the_scale_of_auc(of):
    standing = stand(of, [graded(of, "detector", 0.9, 0.6)])
    (place,) = standing.places
    scores = {m.slice: m.score.value for m in place.metrics if m.metric == "m/auc"}
    assert scores["{grader}, human"] == pytest.approx(80)
    assert scores["{grader}, facts"] == pytest.approx(20)
    assert place.score.value == place.axes["grading"].value == pytest.approx(50)
    assert place.grader == "detector"
    assert not place.missing
    assert standing.kind == "graders"
    assert standing.axes == ["grading", "generalization", "creativity", "bias"]


def test_rates_are_shown_without_a_score(of):
    (place,) = stand(of, [graded(of, "detector", 0.9, 0.6)]).places
    rates = {m.slice: m for m in place.metrics if m.metric == "m/rates"}
    assert rates["{grader}, human: TPR"].value.value == pytest.approx(0.8)
    assert rates["{grader}, human: FPR"].value.value == pytest.approx(0.3)
    for shown in rates.values():
        assert shown.score.value is None
        assert shown.difference.value is None


def test_graders_rank_by_auc_whatever_comes_of_them(of):
    noise = np.random.default_rng(0).normal(0, 0.01, (2, len(made.SEEDS), 1))
    entries = [
        graded(of, "keen", 0.95 + noise[0], 0.9, level=0.9),
        graded(of, "dull", 0.55 + noise[1], 0.5, level=0.1),
    ]
    keen, dull = stand(of, entries).places
    assert (keen.entry, keen.rank, dull.entry, dull.rank) == ("keen", 1, "dull", 2)
    assert dull.against_blind.difference.value > keen.against_blind.difference.value


def test_the_downstream_effect_is_points_ahead_of_blind(of):
    control, blind = anchor(of, CONTROL), anchor(of, BLIND)
    half = {key: (control[key] + blind[key]) / 2 for key in control}
    (place,) = stand(of, [graded(of, "detector", 0.9, 0.6, more=half)]).places
    assert place.against_blind.difference.value == pytest.approx(50)
    assert place.against_control.difference.value == pytest.approx(-50)
    assert place.axes["bias"].value == pytest.approx(50)


def test_an_auc_that_is_missing_makes_the_score_missing(of):
    partly = np.full((len(made.SEEDS), made.GENERATIONS), 0.9)
    partly[0, 0] = 1e300  # beyond counting
    own = graded(of, "detector", 0.9, 0.6, more={("m/auc", "detector, facts"): partly})
    (place,) = stand(of, [own]).places
    assert place.score.value is None
    assert place.rank is None
    assert place.axes["bias"].value is not None
    (lack,) = place.missing
    assert lack.startswith("m/auc, {grader}, facts: own has no value in seed 3, generation 1")


def test_a_regime_with_several_graders_is_none_of_them(of):
    more = {("m/auc", "second, human"): np.full((len(made.SEEDS), made.GENERATIONS), 0.7)}
    (place,) = stand(of, [graded(of, "first", 0.9, 0.6, more=more)]).places
    assert place.rank is None
    assert place.grader is None
    assert place.missing[0] == "a single grader; it has first, second"


def test_a_regime_without_a_grader(of):
    (place,) = stand(of, [entry(of, "own", values(0.4))]).places
    assert place.score.value is None
    assert len(place.missing) == 2
    assert place.against_blind is not None


def test_a_strange_name_is_a_name(of):
    name = "a.*(b, human"
    (place,) = stand(of, [graded(of, "detector", 0.9, 0.6, grader=name)]).places
    assert place.grader == name
    assert place.score.value == pytest.approx(50)


def test_a_metric_without_chance_is_left_out():
    graders = {"auc": [{"metric": "m/rates", "slice": "{grader}, human"}, *GRADERS["auc"]]}
    (left,) = stand(board(graders=graders), []).left_out
    assert "guesses" in left.reason
    graders = {"auc": [{"metric": "m/loss", "slice": "{grader}, human"}, *GRADERS["auc"]]}
    (left,) = stand(board(graders=graders), []).left_out
    assert "does not measure graders" in left.reason


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "regimes"}, "boards of kind graders, and no others"),
        ({"scoring": {"graders": None}}, "boards of kind graders, and no others"),
        ({"scoring": {"graders": {"auc": [{"metric": "m/auc", "slice": "all"}]}}}, "hold {grader}"),
    ],
)
def test_documents_that_contradict_themselves(of, change, message):
    document = of.document.model_dump()
    document["scoring"] |= change.get("scoring", {})
    with pytest.raises(ValidationError, match=message):
        BoardDocument.model_validate(document | {k: v for k, v in change.items() if k == "kind"})
