"""Weights of rows: weighted shares of mentions are what was asked for."""

import numpy as np
import pytest
from benchsuite_graders.bias_balance import BiasBalance, BiasBalanceParameters, balanced
from made_up_rows import CONTEXT, Human, table
from pydantic import ValidationError

HALVES = {"feminine": 0.5, "masculine": 0.5}


def graded(texts, human=(), strangers=0, **parameters):
    grader = BiasBalance(BiasBalanceParameters(**parameters))
    return grader.grade(table(texts, strangers), None, Human(list(human)), CONTEXT)


def test_rows_of_one_group_get_target_over_found():
    texts = ["She came."] * 2 + ["He came."] * 8 + ["It rained."]
    weights = graded(texts, targets=HALVES)
    assert weights.tolist() == pytest.approx([0.5 / 0.2] * 2 + [0.5 / 0.8] * 8 + [1])


def test_human_shares_are_met():
    texts = ["She came."] * 5 + ["He came."] * 5
    weights = graded(texts, human=["she", "he", "he", "his mother"])
    assert weights[:5].sum() / weights.sum() == pytest.approx(2 / 5)


@pytest.mark.parametrize("seed", range(3))
def test_shares_are_met_where_rows_speak_of_several_groups(seed):
    random = np.random.default_rng(seed)
    counts = random.poisson(0.8, (200, 4)).astype(float)
    counts = counts[counts.sum(axis=1) > 0]
    target = random.dirichlet(np.full(4, 5))
    weights = balanced(counts, target, np.ones(len(counts), bool))
    shares = weights @ counts / (weights @ counts).sum()
    np.testing.assert_allclose(shares, target, atol=1e-8)
    assert weights.min() > 0
    assert weights.mean() == pytest.approx(1)


def test_what_no_row_speaks_of_is_left_out():
    targets = {"christian": 0.3, "muslim": 0.1, "jewish": 0.2, "hindu": 0.2, "buddhist": 0.2}
    weights = graded(["the church"] * 3 + ["a mosque"], kind="religion", targets=targets)
    assert weights[3] / weights.sum() == pytest.approx(0.25)


def test_rows_that_cannot_be_told_apart_keep_their_weight():
    assert (
        graded(["she and he"] * 3, targets={"feminine": 0.9, "masculine": 0.1}).tolist() == [1] * 3
    )
    assert graded(["nobody"] * 3, targets=HALVES).tolist() == [1] * 3
    assert graded(["she", "he"], human=["nobody"]).tolist() == [1, 1]
    assert graded([], targets=HALVES).tolist() == []


def test_strangers_get_the_weight_of_such_a_row_and_change_nothing():
    texts = ["She came."] * 2 + ["He came."] * 8 + ["She and he."]
    alone = graded(texts, targets=HALVES)
    told = graded(["he", "she and he", "she", "nothing", *texts], strangers=4, targets=HALVES)
    np.testing.assert_allclose(told[4:], alone)
    np.testing.assert_allclose(told[:4], [alone[2], alone[10], alone[0], 1])


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"targets": {"feminine": 0.5, "masculine": 0.6}}, "add up to 1"),
        ({"targets": {"feminine": 1.0}}, "lacks the share of masculine"),
        ({"targets": {**HALVES, "african": 0.0}}, "gender has no group african"),
        ({"kind": "age"}, "'gender', 'religion' or 'origin'"),
    ],
)
def test_targets_that_are_no_shares(parameters, said):
    with pytest.raises(ValidationError, match=said):
        BiasBalanceParameters(**parameters)
