"""What a regime may say, and what it may not."""

import pytest
from suite_texts import REGIME, SUITE, resolved

from benchsuite.errors import UserError
from benchsuite.suites.documents import parse, validate
from benchsuite.suites.regime import Regime

TOP = "regime: mine\nversion: 1\nsummary: A regime.\n"
SELF = "generator: self\n"


def mixture(*shares):
    return "mixture:\n" + "".join(f"  - {{source: {s}, share: {a}}}\n" for s, a in shares)


def made(text):
    return validate(Regime, parse(text, "f.yaml"))


def refusal(text):
    with pytest.raises(UserError) as refused:
        made(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([("synthetic-last", 0.5)], "the shares of the mixture add up to 0.5, not to 1"),
        ([("human-fixed", 0.5), ("synthetic-last", 0.6)], "add up to 1.1, not to 1"),
        ([("human-fixed", 0.3), ("synthetic-last", 0.7), ("synthetic-all", 1e-6)], "not to 1"),
        (
            [("synthetic-last", 0)],
            "f.yaml:6: mixture.0.share: a share is a number above 0 and not above 1, or ev",
        ),
        ([("human-fixed", 0.0), ("synthetic-last", 1.0)], "not above 1, or everything, not 0.0."),
        ([("synthetic-last", 1.5)], "not above 1, or everything, not 1.5."),
        ([("synthetic-last", 10**400)], "not above 1, or everything, not 1000"),
        ([("human-fixed", 0.5), ("synthetic-last", -0.5)], "f.yaml:7: mixture.1.share: a share is"),
        ([("synthetic-last", ".nan")], "or everything, not nan"),
        ([("human-fixed", 0.5), ("synthetic-all", "everything")], "either all shares or all"),
        (
            [("synthetic-last", "all")],
            "mixture.0.share: a share is a number above 0 and not above 1",
        ),
        ([("synthetic-next", 1.0)], "mixture.0.source is 'synthetic-next'"),
        ([("synthetic-last", 0.5), ("synthetic-last", 0.5)], "only once"),
    ],
)
def test_mixtures_that_do_not_add_up(shares, said):
    assert said in refusal(TOP + SELF + mixture(*shares))


@pytest.mark.parametrize(
    "shares",
    [
        [("synthetic-last", 1)],
        [("synthetic-all", "everything")],
        [("human-fixed", "everything"), ("synthetic-all", "everything")],
        [("human-fixed", 0.1), ("synthetic-last", 0.2), ("synthetic-all", 0.7)],  # 0.1+0.2 != 0.3
    ],
)
def test_mixtures_that_do(shares):
    assert [part.source for part in made(TOP + SELF + mixture(*shares)).mixture] == [
        source for source, _ in shares
    ]


HUMAN = mixture(("human-fixed", 1.0))
GRADED = "graders: [{grader: self-likelihood, keep: {best: 0.5}}]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (mixture(("synthetic-last", 1.0)), "a mixture with synthetic rows needs a generator"),
        (HUMAN + SELF, "has no use for a generator or graders"),
        (HUMAN + GRADED, "has no use for a generator or graders"),
        ("mixture: []\n", "at least 1 item"),
        ("", "the key mixture is missing"),
        (
            HUMAN + "init: checkpoint\n",
            "init is 'checkpoint': input should be 'scratch', 'base' or 'previous'.",
        ),
        (HUMAN + "prompts: topics\n", "prompts is 'topics': input should be 'none'."),
        (HUMAN + "decoding: {temperature: -1}\n", "greater than or equal to 0"),
        (HUMAN + "decoding: {temperature: .inf}\n", "finite number"),
        (HUMAN + "decoding: {top_p: 0}\n", "greater than 0"),
        (HUMAN + "decoding: {top_k: 0}\n", "greater than or equal to 1"),
        (HUMAN + "decoding: {top_q: 0}\n", "unknown key decoding.top_q, did you mean top_p?"),
        (
            HUMAN + "budget: {tokens: 5}\n",
            "unknown key budget.tokens; there is share.",
        ),
        (
            mixture(("synthetic-last", 1.0)) + SELF + GRADED.replace("0.5", "0"),
            "graders.0.keep.best is 0: input should be greater than 0.",
        ),
        (
            mixture(("synthetic-last", 1.0)) + SELF + GRADED.replace("0.5", "1.01"),
            "graders.0.keep.best is 1.01: input should be less than or equal to 1.",
        ),
        (
            mixture(("synthetic-last", 1.0)) + SELF + GRADED.replace("best", "bets"),
            "unknown key graders.0.keep.bets, did you mean best?",
        ),
    ],
)
def test_knobs_that_mean_nothing(text, said):
    assert said in refusal(TOP + text)


@pytest.mark.parametrize("name", ["Mine", "-mine", "mi ne", "", "../mine", "x" * 65])
def test_names_that_could_not_be_files(name):
    text = (TOP + HUMAN).replace("mine", f"'{name}'")
    assert "regime is" in refusal(text)


def test_defaults_are_explicit_in_the_resolved_document(tmp_path):
    suite = resolved(tmp_path, suite=SUITE.replace("[real, replace]", "[mine.yaml]"))
    assert suite.regimes[1].document() == {
        "regime": "mine",
        "version": 1,
        "summary": "A regime for tests.",
        "cites": [],
        "modelled_on": None,
        "division": "closed",
        "control": None,
        "init": "scratch",
        "prompts": "none",
        "decoding": {"temperature": 1.0, "top_k": None, "top_p": 1.0},
        "generator": {"name": "generators/self"},
        "graders": [
            {
                "grader": {"name": "graders/self-likelihood", "per": "token"},
                "keep": dict.fromkeys(
                    ("threshold", "expected", "weight", "resample", "power", "at_most")
                )
                | {"best": 0.5},
            }
        ],
        "budget": "equal",
        "generations": None,
        "mixture": [
            {"source": "human-fixed", "share": 0.25, "unique": None},
            {"source": "synthetic-last", "share": 0.75, "unique": None},
        ],
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("generators/self", "slef", "mine.yaml:4: there is no generator slef"),
        (
            "graders/self-likelihood",
            "self-lik",
            "mine.yaml:6: there is no grader self-lik, did you",
        ),
        ("generators/self", "{name: self, size: 3}", "mine.yaml:4: unknown key generator.size."),
        (
            "graders/self-likelihood",
            "{name: self-likelihood, size: 3}",
            "mine.yaml:6: unknown key graders.0.grader.size",
        ),
        (
            "share: 0.75",
            "share: 0.7",
            "mine.yaml:8: mixture: the shares of the mixture add up to 0.95",
        ),
    ],
)
def test_a_regime_beside_its_suite_is_checked_at_its_line(tmp_path, old, new, said):
    with pytest.raises(UserError) as refused:
        resolved(
            *(tmp_path, SUITE.replace("[real, replace]", "[mine.yaml]"), REGIME.replace(old, new))
        )
    assert said in str(refused.value)
