"""Knobs of a regime that mean nothing, and regimes that do not fit their suite: one sentence."""

import pytest
from suite_texts import REGIME, SUITE, resolved

from benchsuite.errors import UserError
from benchsuite.suites.documents import parse, validate
from benchsuite.suites.regime import Regime

TOP = "regime: mine\nversion: 1\nsummary: A regime.\n"
SELF = "generator: self\n"
OPEN = "division: open\n"
HUMAN = "mixture: [{source: human-fixed, share: 1}]\n"
LAST = SELF + "mixture: [{source: synthetic-last, share: 1}]\n"
POOL = (
    SELF + "mixture: [{source: human-fixed, share: everything}, "
    "{source: synthetic-all, share: everything}]\n"
)


def made(text):
    return validate(Regime, parse(TOP + text, "f.yaml"))


def refusal(text):
    with pytest.raises(UserError) as refused:
        made(text)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))
    return sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("budget: growing\n" + POOL, "f.yaml:4: budget: only a regime of division: open may"),
        ("division: ajar\n" + POOL, "f.yaml:4: division is 'ajar': input should be 'closed' or"),
        ("budget: equal-training\n" + LAST, "f.yaml:6: mixture: budget equal-training keeps all"),
        ("division: open\nbudget: growing\n" + LAST, "budget growing keeps all rows of a pool"),
        ("budget: 0\n" + POOL, "f.yaml:4: budget is 0: input should be 'equal', 'equal-training'"),
        ("budget: {share: 0.5}\n" + HUMAN, "budget: only a regime of division: open may train on"),
        (
            OPEN + "budget: {share: 1}\n" + HUMAN,
            "f.yaml:5: budget.share is 1: input should be less",
        ),
        (OPEN + "budget: {share: 0}\n" + HUMAN, "budget.share is 0: input should be greater"),
        (
            OPEN + "budget: {part: 0.5}\n" + HUMAN,
            "f.yaml:5: unknown key budget.part; there is share.",
        ),
        (OPEN + "budget: {}\n" + HUMAN, "f.yaml:5: the key budget.share is missing."),
        (OPEN + "budget: 0.5\n" + HUMAN, "f.yaml:5: budget is 0.5: input should be 'equal',"),
        (
            OPEN + "budget: {share: 0.5}\nmixture: [{source: human-fresh, share: 1}]\n",
            "f.yaml:6: mixture: rows of human-fresh are those after a whole budget of human text;",
        ),
        ("generations: 0\n" + LAST, "f.yaml:4: generations is 0: input should be greater than"),
        ("generations: 1001\n" + LAST, "generations is 1001: input should be less than or equal"),
        ("init: base checkpoint\n" + LAST, "input should be 'scratch', 'base' or 'previous'."),
        ("prompts: topics\n" + LAST, "f.yaml:4: prompts is 'topics': input should be 'none'"),
        ("prompts: {real: 0}\n" + LAST, "f.yaml:4: prompts.real is 0: input should be greater"),
        ("prompts: {reel: 8}\n" + LAST, "f.yaml:4: unknown key prompts.reel, did you mean real?"),
        ("prompts: {}\n" + LAST, "f.yaml:4: the key prompts.real is missing."),
        ("prompts: 64\n" + LAST, "f.yaml:4: prompts is 64: input should be a valid dictionary"),
        ("prompts: {real: 8}\n" + HUMAN, "a mixture of human rows alone has no use for prompts"),
        (
            SELF + "mixture: {0: [{source: synthetic-last, share: 1}]}\n",
            "f.yaml:5: mixture: the mixture is one list of parts, for every generation from 1 on;",
        ),
        (
            SELF + "mixture: [{source: synthetic-last, share: 1, generation: 0}]\n",
            "f.yaml:5: unknown key mixture.0.generation",
        ),
        (
            "mixture: [{source: human-fixed, share: 0.5, unique: 0.6}]\n",
            "f.yaml:4: mixture.0.unique: 0.6 of the budget cannot be repeated to fill 0.5.",
        ),
        (
            "mixture: [{source: human-fixed, share: everything, unique: 0.5}]\n",
            "cannot be repeated to fill everything",
        ),
        ("mixture: [{source: human-fixed, share: 1, unique: 0}]\n", "mixture.0.unique is 0: input"),
        (
            "mixture: [{source: human-fresh, share: 1, unique: 0.5}]\n",
            "rows of human-fresh are seen once; leave unique out",
        ),
        (
            SELF + "mixture: [{source: synthetic-all, share: everything}, "
            "{source: synthetic-last, share: everything}]\n",
            "in a pool, rows of synthetic-all and synthetic-last would be there twice",
        ),
    ],
)
def test_a_knob_that_means_nothing_is_said_at_its_line(text, said):
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        ("{}", "f.yaml:5: graders.0.keep: a rule is one of best, threshold, weight and resample."),
        ("{best: 0.5, threshold: 1, expected: 1}", "a rule is one of best, threshold, weight"),
        ("{best: 0.5, resample: 1}", "a rule is one of best"),
        ("{best: 0.5, power: 2}", "only weight and resample raise scores to a power"),
        ("{weight: 0.5, at_most: 2}", "only resample takes rows more than once"),
        ("{weight: 1.5}", "keep.weight is 1.5: input should be less than or equal to 1"),
        ("{threshold: 1}", "threshold and expected, the share of rows that should pass it, go"),
        ("{best: 0.5, expected: 0.5}", "go together"),
        ("{threshold: 1, expected: 0}", "graders.0.keep.expected is 0: input should be greater"),
        ("{threshold: .nan, expected: 1}", "input should be a finite number"),
        ("accepted", "graders.0.keep is 'accepted': input should be a valid dictionary"),
    ],
)
def test_rules_of_graders(keep, said):
    assert said in refusal(SELF + f"graders: [{{grader: verifier, keep: {keep}}}]\n" + LAST[16:])


CHOSEN = "mixture: [{source: human-fixed, share: 1, chosen: [{grader: %s, keep: %s}]}]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            SELF + CHOSEN.replace("human-fixed", "synthetic-last") % ("quality", "{best: 0.5}"),
            "f.yaml:5: mixture.0.chosen: human rows are chosen here; those of synthetic-last are",
        ),
        (
            CHOSEN % ("quality", "{resample: 1.5}"),
            "f.yaml:4: mixture.0.chosen: resample takes rows more than once, and human ones are",
        ),
        (CHOSEN % ("quality", "{}"), "f.yaml:4: mixture.0.chosen.0.keep: a rule is one of best,"),
        ("mixture: [{source: human-fixed, share: 1, chosen: quality}]\n", "mixture.0.chosen is"),
    ],
)
def test_human_rows_are_chosen_by_graders_with_rules(text, said):
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("grader", "said"),
    [
        ("self-likelihood", "graders/self-likelihood goes by the model, which changes, while"),
        ("detector", "graders/detector learns from the rows that it grades what synthetic text"),
        ("detectr", "there is no grader detectr, did you mean graders/detector?"),
        ("{name: quality, filters: [gofer]}", "filters.0 is 'gofer'"),
    ],
)
def test_graders_that_cannot_choose_human_rows_are_refused_at_their_line(tmp_path, grader, said):
    sentence = beside(tmp_path, TOP + CHOSEN % (grader, "{best: 0.5}"))
    assert sentence.startswith("mine.yaml:4: ")
    assert said in sentence


def test_knobs_that_mean_something():
    assert made("division: open\nbudget: growing\n" + POOL).budget == "growing"
    assert made(OPEN + "budget: {share: 0.25}\n" + LAST).budget_share == 0.25
    assert made(OPEN + "budget: {share: 0.25}\n" + POOL).keeps_pool is False
    assert made("budget: equal-training\n" + POOL).budget == "equal-training"
    assert made("prompts: {real: 8}\n" + LAST).prompts.real == 8
    assert made("mixture: [{source: human-fixed, share: 1, unique: 0.5}]\n").mixture[0].unique
    assert made("mixture: [{source: human-fresh, share: 1e-0}]\n").mixture[0].share == 1.0


# -- beside a suite ---------------------------------------------------------------------------

MINE = SUITE.replace("[real, replace]", "[mine.yaml]")


def beside(folder, regime, suite=MINE):
    with pytest.raises(UserError) as refused:
        resolved(folder, suite, regime)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence.replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("knob", "said"),
    [
        (
            "control: reel",
            "mine.yaml:4: mine is compared with reel, which is not among the suite's regimes; add",
        ),
        ("control: mine", "mine.yaml:4: mine is compared with mine, which learns from synthetic"),
        (
            "init: previous",
            "mine.yaml:4: mine starts from previous and its control real from scratch; name as",
        ),
    ],
)
def test_a_regime_needs_a_control_that_starts_as_it_does(tmp_path, knob, said):
    regime = REGIME.replace("generator:", f"{knob}\ngenerator:")
    assert said in beside(tmp_path, regime)


def test_a_start_that_the_learner_has_not(tmp_path):
    suite = MINE.replace("control: real", "control: real-from-base")
    regime = REGIME.replace("generator:", "init: base\ngenerator:")
    assert beside(tmp_path, regime, suite) == (
        "real-from-base.yaml:9: real-from-base starts from base, and the suite's learner "
        "learners/llama has no base checkpoint here; it starts from previous or scratch."
    )


def test_a_control_must_last_as_long_and_be_one(tmp_path):
    suite = SUITE.replace("[real, replace]", "[mine.yaml, from-previous]")
    human = TOP + "control: mine\ninit: previous\n" + HUMAN
    short = human.replace("mine\ninit", "mine\ngenerations: 1\ninit")
    for regime, said in [
        (human, "from-previous is compared with real-from-previous, which is not among"),
        (short.replace("mine", "real-from-previous"), "ends with generation 1; it must reach as"),
        (
            human.replace("mine", "real-from-previous", 1),
            "real-from-previous is compared with mine, which is not among",
        ),
    ]:
        assert said in beside(tmp_path, regime, suite)
    suite = SUITE.replace("[real, replace]", "[mine.yaml, replace]")
    other = "control: replace\n" + HUMAN
    assert "replace, which learns from synthetic rows" in beside(tmp_path, TOP + other, suite)


def test_a_control_is_compared_with_itself(tmp_path):
    suite = resolved(
        *(
            tmp_path,
            SUITE.replace("[real, replace]", "[from-previous, real-from-previous, replace]"),
        )
    )
    against = {r.name: suite.control_of(r).name for r in suite.regimes}
    assert against == {
        "real": "real",
        "from-previous": "real-from-previous",
        "real-from-previous": "real-from-previous",
        "replace": "real",
    }


def test_a_regime_may_end_early_and_never_late(tmp_path):
    for given, last in [(1, 1), (2, 2), (9, 2)]:
        regime = REGIME.replace("generator:", f"generations: {given}\ngenerator:")
        suite = resolved(tmp_path, MINE, regime)
        assert [suite.last_generation(r) for r in suite.regimes] == [2, last]
