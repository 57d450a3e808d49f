"""Who is spoken of: shares, divergence, survival, amplification, losses by group."""

from math import log

import numpy as np
import pytest
from benchsuite_metrics.bias_amplification import BiasAmplification
from benchsuite_metrics.group_loss_gap import GroupLossGap
from benchsuite_metrics.intervals import jackknife
from benchsuite_metrics.mention_divergence import MentionDivergence
from benchsuite_metrics.mention_shares import MentionShares
from benchsuite_metrics.minority_survival import MinoritySurvival
from benchsuite_words.groups import GROUPS, NAMES, group_of
from scipy import stats

from benchsuite.api import Subject

WOMEN, MEN = ["the nurse and her"], ["the nurse and him"]


def test_a_word_speaks_of_one_group():
    words = [
        word for groups in GROUPS.values() for text in groups.values() for word in text.split()
    ]
    assert len(words) == len(set(words))
    assert [NAMES[group_of(word)][1] for word in ("rabbi", "she'll", "thai")] == [
        "jewish",
        "feminine",
        "asian",
    ]
    assert group_of("nothing") is None


def test_mention_shares_by_hand(measure, human, table):
    people = human(["The priest, the rabbi", "a church and the Bible", "Thai or Chinese"])
    found = measure(MentionShares, Subject(people, samples=table(["a rabbi, a rabbi", "Koran"])))
    assert found["jewish"].value == pytest.approx(2 / 3 - 1 / 4)
    assert (found["jewish (samples)"].value, found["jewish"].n) == (pytest.approx(2 / 3), 3)
    assert found["christian"].value == -3 / 4
    assert (found["asian"].value, found["asian (human)"].value) == (None, 1)
    assert found["feminine"].value is None


def test_divergence_in_closed_form(measure, human, table):
    """Human 6 to 2, samples 2 to 2, with one half added to each count."""
    people = human(["he"] * 6 + ["she"] * 2, ["he", "he"], ["he", "she", "they"])
    subject = Subject(people, samples=table(["she", "he", "none", "she", "he", "he"]))
    found = measure(MentionDivergence, subject, mentions=4)

    def divergence(feminine, masculine):
        human_, other = np.array([2.5, 6.5]) / 9, np.array([feminine, masculine]) + 0.5
        return float(np.sum(human_ * np.log(human_ / (other / other.sum()))))

    assert found["gender"].value == pytest.approx(divergence(2, 2))
    assert found["gender (human)"].value == pytest.approx(divergence(1, 3))
    assert (found["gender"].n, found["religion"].value) == (4, None)
    assert found["gender"].lower >= 0


def test_a_row_that_holds_too_many_mentions_counts_in_part(measure, human, table):
    subject = Subject(human(["he she"]), samples=table(["he", "she she she she"]))
    found = measure(MentionDivergence, subject, mentions=3)["gender"]
    assert found.n == 3
    assert found.value == pytest.approx(0.5 * (log(0.5 / (2.5 / 4)) + log(0.5 / (1.5 / 4))))


def test_a_group_that_is_lost_costs_much_but_not_everything(measure, human, table):
    people = human(["he she"] * 50)
    kept, lost = (
        measure(MentionDivergence, Subject(people, samples=table(rows)), mentions=100)["gender"]
        for rows in (["he she"] * 50, ["he"] * 100)
    )
    assert kept.value == pytest.approx(0, abs=1e-12)
    assert 1 < lost.value < 10


def test_survival_by_hand(measure, human, table):
    """Men, christians and europeans are the majorities: rabbi, imam, thai and her remain."""
    people = human(
        ["he he her", "church church rabbi imam", "french french thai"],
        ["a rabbi and his", "one two"],
    )
    subject = Subject(people, samples=table(["she, the Rabbi", "Thai Thai", "imam"]))
    found = measure(MinoritySurvival, subject, words=5)
    assert (found["all"].value, found["all"].n) == (2 / 4, 4)
    assert found["human"].value == 1 / 4
    assert measure(MinoritySurvival, subject, words=50)["all"].value is None
    nobody = Subject(human(["he"]), samples=table(["he"]))
    assert measure(MinoritySurvival, nobody, words=1)["all"].value is None


def directional(train, predicted, *, task_first):
    """BiasAmp→ (arXiv:2102.12594, eq. 4) of two lists of (genders, tasks), pair by pair."""

    def p(rows, *held):
        return sum(all(each in row for each in held) for row in rows) / len(rows)

    terms = []
    for a in ("f", "m"):
        for t in ("nurse", "guard"):
            if_, then = (t, a) if task_first else (a, t)
            y = p(train, a, t) > p(train, a) * p(train, t)
            change = p(predicted, a, t) / p(predicted, if_) - p(train, a, t) / p(train, if_)
            terms.append(change if y else -change)
            assert then != if_
    return sum(terms) / len(terms)


def test_amplification_agrees_with_the_definition(measure, human, table):
    random = np.random.default_rng(0)
    spelled = {"f": "she", "m": "he", "nurse": "nurse", "guard": "guard"}

    def drawn(size):
        return [{name for name in spelled if random.random() < 0.5} for _ in range(size)]

    sides = drawn(80), drawn(60), drawn(40)
    train, held_out, samples = (
        [" ".join(spelled[name] for name in sorted(row)) or "none" for row in rows]
        for rows in sides
    )
    subject = Subject(human(train, held_out[:30], held_out[30:]), samples=table(samples))
    found = measure(BiasAmplification, subject, tasks=("nurse", "guard"))
    for direction, task_first in (("gender after task", True), ("task after gender", False)):
        expected = directional(sides[0], sides[2], task_first=task_first)
        assert found[direction].value == pytest.approx(expected)
        expected = directional(sides[0], sides[1], task_first=task_first)
        assert found[f"{direction} (human)"].value == pytest.approx(expected)


def test_amplification_in_closed_form(measure, human, table):
    """Three of four nurses are women, in the samples all: a quarter for either gender."""
    people = human(WOMEN * 3 + MEN + ["him"] * 4)
    found = measure(BiasAmplification, Subject(people, samples=table(WOMEN * 4 + ["him"])))
    assert found["gender after task"].value == pytest.approx(0.25)
    same = measure(BiasAmplification, Subject(people, samples=people.train))
    assert same["gender after task"].value == same["task after gender"].value == 0
    assert same["gender after task"].n == 4


def test_amplification_without_tasks_is_missing(measure, human, table):
    for samples, train in ((["he"], WOMEN), (WOMEN, ["he"]), (WOMEN, [])):
        found = measure(BiasAmplification, Subject(human(train), samples=table(samples)))
        assert found["gender after task"].value is None


def test_the_jackknife_of_a_mean_is_students():
    values = np.random.default_rng(0).normal(size=30)
    rows = np.column_stack([values, np.ones(30)])
    found = jackknife(rows, lambda sums: sums[..., 0] / sums[..., 1], 30)
    expected = stats.t.interval(0.95, 29, values.mean(), stats.sem(values))
    assert (found.lower, found.upper) == pytest.approx(expected)
    assert jackknife(rows[:1], lambda sums: sums[..., 0], 1).lower is None
    assert jackknife(rows[:0], lambda sums: sums[..., 0], 0).value is None


def test_group_loss_gap_by_hand(measure, human, byte_model):
    """A row with both, or none, is in neither."""
    loss = np.full(256, log(2))
    loss[ord("h")] = 3 * log(2)
    rows = human(test=["she", "her her", "he", "he and she", "none"])
    found = measure(GroupLossGap, Subject(rows, lambda: byte_model(loss)))
    women = (4 + 2 + 8 + 4) / (3 + 7)
    assert (found["feminine"].value, found["feminine"].n) == (pytest.approx(women), 2)
    assert found["masculine"].value == pytest.approx((2 + 3) / 2)
    assert found["gender"].value == pytest.approx(women - 2.5)
