"""What is scored, and when two scorers choose alike."""

import pytest
from bench_setups import blimp, setup

from benchsuite.bench.score import agreement, sentence_pairs


def test_agreement_counts_choices_but_for_ties():
    one = [-1.0, -2.0, -5.0, -5.0, -3.0, -2.0, -1.0, -4.0]
    other = [-1.5, -2.0, -5.0, -6.0, -2.0, -3.0, -1.0, -4.25]
    assert agreement(one, other) == {
        "ties": 1,
        "same choice": 2,
        "other choice": 1,
        "largest difference (nats)": 1.0,
        "accuracy": pytest.approx(2 / 3),
    }


def test_ties_alone_have_no_accuracy():
    assert agreement([-1.0, -1.0], [-1.0, -1.0])["accuracy"] is None


def test_pairs_come_from_the_data_sets_and_are_made_up_without(tmp_path):
    pairs, what = sentence_pairs(setup(data=blimp(tmp_path)))
    assert pairs == [("The cats sleep.", "The cats sleeps."), ("A dog barks.", "A dog barks.")]
    assert what == "BLiMP, 1 paradigms"
    for data in (None, tmp_path / "nowhere"):
        pairs, what = sentence_pairs(setup(data=data))
        assert len(pairs) == 20
        assert what.startswith("generated sentences")
