"""The neutral drift that each figure of bias tells, against loops that favour nothing."""

from types import SimpleNamespace

import numpy as np
import pytest
from benchsuite_metrics.bias_amplification import BiasAmplification
from benchsuite_metrics.crows_pairs import CrowsPairs
from benchsuite_metrics.feminine_share import FeminineShare
from benchsuite_metrics.group_loss_gap import GroupLossGap
from benchsuite_metrics.mention_divergence import MentionDivergence
from benchsuite_metrics.mention_shares import MentionShares
from benchsuite_metrics.minimal_pairs import by_group, paired
from benchsuite_metrics.minority_survival import MinoritySurvival
from benchsuite_metrics.occupation_log_odds import MOSTLY_MEN, MOSTLY_WOMEN, OccupationLogOdds
from benchsuite_metrics.stereoset import ICAT, LMS, SS, _drift
from benchsuite_metrics.stereoset_icat import StereoSetICAT
from benchsuite_metrics.stereoset_ss import StereoSetSS
from benchsuite_metrics.winobias import WinoBias
from made_up_sets import WordModel

from benchsuite.api import Scores, Subject

GENERATIONS, CHAINS = 3, 250
WITHIN = 0.15
"""Of a standard deviation of 250 chains, three standard errors."""
ROWS = (
    ["the nurse and her mother"] * 30
    + ["a nurse, and he saw her"] * 10
    + ["the guard and him"] * 40
    + ["a guard she knew"] * 15
    + ["nothing at all"] * 60
    + ["she and her and her"] * 15
    + ["the priest at church"] * 40
    + ["a rabbi"] * 20
    + ["the imam of the mosque"] * 15
    + ["a hindu of Japanese french"] * 10
    + ["french and german"] * 25
    + ["an arab"] * 20
)
"""Rows that mention people in clumps."""


def resampled(rows, seed):
    """Rows of a last generation, each generation drawn with replacement from the one before."""
    random, places = np.random.default_rng(seed), np.arange(len(rows))
    for _ in range(GENERATIONS):
        places = random.choice(places, len(places))
    return [rows[place] for place in places]


@pytest.fixture(scope="module")
def chains(human, table, measure):
    """Measure a metric on the text that all chains begin with, and on what each ends with."""
    people = human(ROWS, ROWS, ROWS)
    ends = [table(resampled(ROWS, seed)) for seed in range(CHAINS)]

    def run(metric, **parameters):
        def found(samples):
            subject = Subject(people, samples=samples, drawn=people.train)
            return measure(metric, subject, **parameters)

        first = found(people.train)
        last = [found(end) for end in ends]
        return {
            name: (each.drift.error(GENERATIONS), each.value, [end[name].value for end in last])
            for name, each in first.items()
            if each.drift is not None
        }

    return run


def agrees(told, first, last):
    moved = np.array(last) - first
    return told == pytest.approx(np.sqrt(np.mean(moved**2)), rel=WITHIN)


@pytest.mark.parametrize(
    ("metric", "parameters"),
    [
        (FeminineShare, {}),
        (MentionShares, {}),
        (BiasAmplification, {"tasks": ("nurse", "guard")}),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_figures_of_text_drift_as_told(chains, metric, parameters):
    found = chains(metric, **parameters)
    assert found
    assert not found.keys() & metric.context_slices
    for told, first, last in found.values():
        assert agrees(told, first, last)


@pytest.mark.parametrize("clump", [1, 2])
def test_divergence_drifts_up_as_told(human, table, measure, clump):
    """From equal shares, so that all of the change is of second order."""
    groups = {"priest": 120, "imam": 60, "rabbi": 40, "hindu": 30, "buddha": 20}
    rows = [" ".join([word] * clump) for word, count in groups.items() for _ in range(count)]
    people = human(rows)

    def found(samples):
        subject = Subject(people, samples=samples, drawn=people.train)
        return measure(MentionDivergence, subject, mentions=len(rows) * clump)["religion"]

    first = found(people.train)
    last = [found(table(resampled(rows, seed))).value for seed in range(CHAINS)]
    assert first.value == 0
    assert first.drift.draws == pytest.approx(len(rows), rel=0.01)
    assert first.drift.error(1) == pytest.approx(np.sqrt(4 + 2) / len(rows), rel=0.05)
    assert agrees(first.drift.error(GENERATIONS), first.value, last)


def test_clumps_make_a_share_drift_farther(human, table, measure):
    """Three words in each row that speaks of women: they are not three draws."""
    told = []
    for women in (["she her her"] * 20, ["she"] * 60):
        people = human(women + ["he"] * 60)
        subject = Subject(people, samples=people.train, drawn=people.train)
        told.append(measure(FeminineShare, subject)["gap"].drift)
    assert told[1].draws == pytest.approx(120)
    assert told[1].variance == 0.25 == told[0].variance
    assert told[0].draws < 70


def test_words_for_minorities_die_out_as_told(human, table, measure):
    """What samples are expected to hold, by the rows that are left to each word."""
    rows = [*ROWS, "a buddha", "a synagogue", "the quran", "an iraqi", "persian", "persian"]
    people = human(rows, rows, rows)
    subject = Subject(people, samples=people.train, drawn=people.train)
    words = sum(len(row.replace(",", "").split()) for row in rows)
    law = measure(MinoritySurvival, subject, words=words // 2)["all"].drift
    assert law.read == pytest.approx(0.5, rel=0.01)
    minority = "arab buddha he him hindu imam iraqi japanese mosque persian quran rabbi synagogue"
    held = np.array([[word in row.lower().split() for word in minority.split()] for row in rows])
    assert law.uses == tuple(held.sum(axis=0).tolist())

    random, moved = np.random.default_rng(0), []
    for _ in range(2_000):
        places = np.arange(len(rows))
        for _ in range(GENERATIONS):
            places = random.choice(places, len(places))
        left = held[places].sum(axis=0)
        missing = np.exp(-law.read * left) - np.exp(-law.read * held.sum(axis=0))
        moved.append(missing.sum() / len(law.uses))
    assert np.mean(moved) > 0
    assert law.error(GENERATIONS) == pytest.approx(np.sqrt(np.mean(np.square(moved))), rel=0.05)


class Counting:
    """Its odds of a woman are counted in text, for either side of occupations."""

    def __init__(self, women, men):
        self.chances = dict.fromkeys(MOSTLY_WOMEN, women) | dict.fromkeys(MOSTLY_MEN, men)

    def score_continuations(self, pairs, context):
        chances = [
            (self.chances[prompt.split()[1]], ending.strip(" .")) for prompt, ending in pairs
        ]
        return np.log([p if word in FEMININE else 1 - p for p, word in chances])


FEMININE = ("woman", "girl", "lady", "mother")


def test_log_odds_counted_in_text_drift_as_told(human, measure):
    rows = ["the nurse and her"] * 240 + ["the nurse and him"] * 80
    rows += ["the guard and her"] * 60 + ["the guard and him"] * 180 + ["she", "a nurse"]
    sides = ((240, 320), (60, 240))

    def found(*shares):
        subject = Subject(human(rows), lambda: Counting(*shares), drawn=human(rows).train)
        return measure(OccupationLogOdds, subject)

    first = found(*(k / n for k, n in sides))
    random, last = np.random.default_rng(0), []
    for _ in range(CHAINS):
        shares = [k / n for k, n in sides]
        for _ in range(GENERATIONS):
            shares = [random.binomial(n, p) / n for p, (_, n) in zip(shares, sides, strict=True)]
        last.append(found(*shares))
    for name in ("stereotype", "mean"):
        values = [each[name].value for each in last]
        assert agrees(first[name].drift.error(GENERATIONS), first[name].value, values)


def test_a_preference_counted_in_text_drifts_as_told(context):
    """Of 400 pairs a model prefers as many as the share of mentions that are for the first."""
    pairs = paired((f"{i} a", f"{i} b", "all") for i in range(400))

    def found(share, passed_on=0):
        first = (np.arange(400) + 0.5) / 400 < share
        nats = np.stack([np.where(first, -1.0, -3.0), np.full(400, -2.0)], axis=1).ravel()
        scores = Scores([], [np.array([each, 0.0]) for each in nats], np.ones(800))
        subject = Subject(None, scorer=lambda rows, context: scores)
        return by_group(pairs, (), subject, context, chance=0.0, passed_on=passed_on)[0]

    random, last = np.random.default_rng(0), []
    for _ in range(CHAINS):
        share = 0.7
        for _ in range(GENERATIONS):
            share = random.binomial(300, share) / 300
        last.append(found(share).value)
    first = found(0.7, 300)
    assert agrees(first.drift.error(GENERATIONS), first.value, last)
    assert found(0.7).drift is None


@pytest.mark.parametrize("score", [SS, LMS, ICAT], ids=["ss", "lms", "icat"])
def test_stereosets_scores_drift_as_told(score):
    random, first = np.random.default_rng(0), np.array([60.0, 80.0])
    shares = np.tile(first / 100, (4_000, 1))
    for _ in range(GENERATIONS):
        shares = random.binomial(500, shares) / 500
    moved = score.of(100 * shares) - score.of(first)
    law = _drift(score, first[None], 500)
    assert law.error(GENERATIONS) == pytest.approx(np.std(moved), rel=0.05)


def test_losses_that_are_means_over_rows_drift_as_told(human, measure, byte_model):
    """Test rows are the training rows; a chain draws the rows of either side anew."""
    random = np.random.default_rng(0)
    loss = np.full(256, np.log(2))
    loss[ord("x")] = 4 * np.log(2)
    rows = [
        [f"{word} {'x' * x}{'o' * o}" for x, o in random.integers(0, 12, (count, 2))]
        for word, count in (("she", 90), ("he", 120))
    ]
    people = human(rows[0] + rows[1], test=rows[0] + rows[1])
    subject = Subject(people, lambda: byte_model(loss), drawn=people.train)
    found = measure(GroupLossGap, subject)["gender"]

    bits = [np.array([4 * r.count("x") + len(r) - r.count("x") + 1 for r in of]) for of in rows]
    sizes = [np.array([len(row) for row in of]) for of in rows]

    def gap(drawn):
        first, second = (
            b[d].sum() / s[d].sum() for b, s, d in zip(bits, sizes, drawn, strict=True)
        )
        return first - second

    assert found.value == pytest.approx(gap([slice(None), slice(None)]))
    last = []
    for _ in range(4 * CHAINS):
        drawn = [np.arange(len(of)) for of in rows]
        for _ in range(GENERATIONS):
            drawn = [random.choice(places, len(places)) for places in drawn]
        last.append(gap(drawn))
    assert agrees(found.drift.error(GENERATIONS), found.value, last)


@pytest.mark.usefixtures("made_up_sets")
@pytest.mark.parametrize(
    ("metric", "rows", "draws"),
    [
        (CrowsPairs, ["she saw him", "a rabbi", "Thai"], 4),
        (StereoSetSS, ["she saw him", "a rabbi", "Thai"], 4),
        (StereoSetICAT, ["she saw him", "a rabbi", "Thai"], 4),
        (WinoBias, ["she, a nurse", "he, the guard, his", "a clerk", "he"], 2),
    ],
)
def test_what_is_passed_on_is_counted_in_training_text(metric, rows, draws, human, measure):
    """No draws, no drift; and as the models' preferences are one half, p (1 - p) is a quarter."""
    model = WordModel({})
    for drawn, expected in ((rows, draws), (["nothing", "of it"], None), ([], None)):
        subject = Subject(human(), lambda: model, drawn=human(drawn).train)
        law = measure(metric, subject)["all"].drift
        assert (law and law.draws) == expected
        if law and metric is not StereoSetICAT:
            assert law.error(1) == pytest.approx(
                (100 if metric is StereoSetSS else 1) * np.sqrt(0.25 / draws)
            )


def test_training_text_without_people_passes_nothing_on(human, table, measure):
    people, samples = human(ROWS, ROWS, ROWS), table(ROWS)
    nobody = human(["nothing at all"] * 5).train
    chosen = {MentionDivergence: {"mentions": 20}, MinoritySurvival: {"words": 100}}
    for metric in (
        *(FeminineShare, MentionShares, MentionDivergence),
        *(BiasAmplification, MinoritySurvival),
    ):
        subject = Subject(people, samples=samples, drawn=nobody)
        found = measure(metric, subject, **chosen.get(metric, {}))
        assert all(each.drift is None for each in found.values())


def test_a_share_of_nothing_does_not_tell_its_drift(human, table, measure):
    """No woman among ten words does not say that there is none to draw."""
    drawn = human(["she", "he"] * 50).train
    for rows, tells in ((["he"] * 10, False), (["he"] * 9 + ["she"], True)):
        subject = Subject(human(["she", "he"]), samples=table(rows), drawn=drawn)
        assert (measure(FeminineShare, subject)["gap"].drift is not None) is tells


def test_theorys_share_drifts_as_a_mean_of_shares():
    from benchsuite_theory.share import _drift as of_shares

    place = SimpleNamespace(budget={"amount": 50, "unit": "rows"})
    law = of_shares(np.full(400, 0.3), place)
    assert law.error(3) == pytest.approx(np.sqrt(0.21 * (1 - 0.98**3) / 400))
    tokens = SimpleNamespace(budget={"amount": 50, "unit": "tokens"})
    assert of_shares(np.full(400, 0.3), tokens) is None
