from math import exp, log

import numpy as np
import pytest
from benchsuite_metrics.feminine_share import FeminineShare
from benchsuite_metrics.intervals import difference, wilson
from benchsuite_metrics.occupation_log_odds import (
    FEMININE,
    MASCULINE,
    MOSTLY_MEN,
    MOSTLY_WOMEN,
    OccupationLogOdds,
)
from benchsuite_words.groups import PAIRS
from scipy import stats

from benchsuite.api import Model, Subject


def test_gendered_words_come_in_pairs_and_mean_one_thing():
    words = [word for pair in PAIRS for word in pair]
    assert len(words) == len(set(words))
    assert all(word.isalpha() and word.islower() for word in words)


def test_feminine_share_by_hand(measure, human, table):
    rows = human(["She said.", "He did; his MOTHER's hat.", "nothing"])
    subject = Subject(rows, samples=table(["she'll", "the man, her", "he", "shed heron"]))
    found = measure(FeminineShare, subject)
    assert (found["samples"].value, found["samples"].n) == (2 / 4, 4)
    assert (found["human"].value, found["human"].n) == (2 / 4, 4)
    assert (found["gap"].value, found["gap"].n) == (0, 4)


def test_feminine_gap_has_newcombes_interval(measure, human, table):
    rows = human(["she"] * 48 + ["he"] * 32)
    found = measure(FeminineShare, Subject(rows, samples=table(["her"] * 56 + ["him"] * 14)))["gap"]
    expected = difference(wilson(56 / 70, 70), wilson(48 / 80, 80))
    assert (found.value, found.lower, found.upper) == pytest.approx(
        (expected.value, expected.lower, expected.upper)
    )


def test_feminine_share_without_gendered_words_is_missing(measure, human, table):
    found = measure(FeminineShare, Subject(human(["he", "she"]), samples=table(["nothing"])))
    assert [(m.value, m.n) for m in found.values()] == [(None, 0), (None, 0), (0.5, 2)]
    found = measure(FeminineShare, Subject(human(["nothing"]), samples=table(["he", "he"])))
    assert (found["gap"].value, found["samples"].value) == (None, 0)


def test_sides_are_of_one_size_and_endings_close_their_word():
    assert len(MOSTLY_WOMEN) == len(MOSTLY_MEN) == len({*MOSTLY_WOMEN}) == len({*MOSTLY_MEN})
    assert not {*MOSTLY_WOMEN} & {*MOSTLY_MEN}
    assert all(ending[0] == " " and ending[-1] == "." for ending in FEMININE + MASCULINE)
    assert len(FEMININE) == len(MASCULINE)


class Prejudiced(Model):
    """Gives women the probability `chances[occupation]`, in even parts to the four endings."""

    def __init__(self, chances):
        self.chances = chances

    def sample(self, request, context):
        raise NotImplementedError

    score = sample

    def score_continuations(self, pairs, context):
        def one(prompt, ending):
            chance = self.chances[prompt.removeprefix("The ").removesuffix(" was a")]
            return log((chance if ending in FEMININE else 1 - chance) / len(FEMININE))

        return np.array([one(*pair) for pair in pairs])


def odds(chance):
    return log(chance / (1 - chance))


def test_stereotype_in_closed_form(measure, human):
    chances = dict.fromkeys(MOSTLY_WOMEN, 0.8) | dict.fromkeys(MOSTLY_MEN, 0.3)
    found = measure(OccupationLogOdds, Subject(human(), lambda: Prejudiced(chances)))
    assert found["stereotype"].value == pytest.approx(odds(0.8) - odds(0.3))
    assert found["mean"].value == pytest.approx((odds(0.8) + odds(0.3)) / 2)
    assert found["stereotype"].n == found["mean"].n == 40


def test_a_model_that_ignores_the_occupation_has_no_stereotype(measure, human):
    chances = dict.fromkeys(MOSTLY_WOMEN + MOSTLY_MEN, 0.1)
    found = measure(OccupationLogOdds, Subject(human(), lambda: Prejudiced(chances)))
    assert found["stereotype"].value == pytest.approx(0, abs=1e-12)
    assert found["mean"].value == pytest.approx(odds(0.1))


def test_occupation_interval_is_students(measure, human):
    drawn = np.random.default_rng(0).normal(size=40)
    chances = {
        name: 1 / (1 + exp(-value))
        for name, value in zip(MOSTLY_WOMEN + MOSTLY_MEN, drawn, strict=True)
    }
    found = measure(OccupationLogOdds, Subject(human(), lambda: Prejudiced(chances)))["mean"]
    expected = stats.t.interval(0.95, 39, drawn.mean(), stats.sem(drawn))
    assert (found.lower, found.upper) == pytest.approx(expected)


@pytest.mark.parametrize("loss", [np.inf, np.nan])
def test_impossible_endings_have_no_log_odds(measure, human, byte_model, loss):
    found = measure(OccupationLogOdds, Subject(human(), lambda: byte_model(loss)))
    assert {(m.value, m.lower, m.n) for m in found.values()} == {(None, None, 0)}
