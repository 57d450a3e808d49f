"""Claims in suite documents: what they may say, and what is refused."""

import pytest
from suite_texts import SUITE, resolved

from benchsuite.errors import UserError
from benchsuite.suites.claims import Contrast, Reading

CLAIMS = """\
claims:
  - claim: worse
    statement: It gets worse.
    sources: [Somebody 2025]
    contrasts:
      - says: worse than the control
        expected: more
        metric: metrics/bits-per-byte
        slice: in-domain
        regime: replace
        against: {regime: real}
        least: 0
"""
SECOND = (
    "{claim: worse, statement: A, sources: [B], contrasts: [{says: a, expected: b, "
    "metric: metrics/bits-per-byte, regime: real, against: {generation: 0}, least: 0}]}"
)


def refusal(folder, old, new, **changes):
    text = SUITE + CLAIMS
    assert old in text
    with pytest.raises(UserError) as refused:
        resolved(folder, text.replace(old, new), **changes)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence.replace(f"{folder}/", "")


def test_the_resolved_document_has_them(tmp_path):
    (claim,) = resolved(tmp_path, SUITE + CLAIMS).document()["claims"]
    assert claim["contrasts"][0]["compare"] == "difference"
    assert claim["contrasts"][0]["generation"] == "last"
    assert resolved(tmp_path).document()["claims"] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "metric: metrics/bits-per-byte\n        slice",
            "metric: metrics/novelty\n        slice",
            "small.yaml:26: claims.0.contrasts.0.metric is metrics/novelty, which the suite does",
        ),
        (
            "regime: replace\n",
            "regime: repalce\n",
            "small.yaml:28: claims.0.contrasts.0.regime is repalce, which is no regime of the su",
        ),
        (
            "against: {regime: real}",
            "against: {regime: hybrid-50}",
            "small.yaml:29: claims.0.contrasts.0.against.regime is hybrid-50, which is no regime",
        ),
        (
            "against: {regime: real}",
            "against: {generation: 3}",
            "small.yaml:29: claims.0.contrasts.0.against.generation is 3, where the generations a",
        ),
        ("against: {regime: real}", "against: {}", "name a regime, a generation or both"),
        ("least: 0", "leest: 0", "small.yaml:30: unknown key claims.0.contrasts.0.leest, did you"),
        ("        least: 0\n", "", "name `least`, `most` or both"),
        ("least: 0", "least: 2\n        most: 1", "least 2 must lie below most 1"),
        ("least: 0", "least: 0\n        compare: drift", "name against.generation"),
        (
            "against: {regime: real}",
            "generation: each\n        against: {generation: 1}",
            "small.yaml:24: claims.0.contrasts.0: generation 1 is no earlier one than 1.",
        ),
        (
            "least: 0",
            "least: 0\n        beyond: {metric: metrics/distinct-2}",
            "differences of two metrics have two units",
        ),
        (
            "least: 0",
            "least: 0\n        compare: ratio\n        beyond: {metric: metrics/distinct-1}",
            "small.yaml:32: claims.0.contrasts.0.beyond.metric is metrics/distinct-1, which the",
        ),
        ("    sources: [Somebody 2025]\n", "", "the key claims.0.sources is missing"),
        (
            "claims:\n",
            f"claims:\n  - {SECOND}\n",
            "the claim worse stands there twice",
        ),
    ],
)
def test_a_mistake_is_said_at_its_line(tmp_path, old, new, said):
    assert said in refusal(tmp_path, old, new)


def test_drift_counts_in_one_unit(tmp_path):
    claims = CLAIMS.replace("{regime: real}", "{generation: 0}\n        compare: drift")
    assert resolved(tmp_path, SUITE + claims)
    rows = SUITE.replace("{budget: {tokens: 2048}", "{budget: {rows: 20}")
    with pytest.raises(UserError, match=r"need budget and samples\.budget in the same unit"):
        resolved(tmp_path, rows + claims)


def test_a_generation_that_the_command_line_leaves_out(tmp_path):
    claims = CLAIMS.replace("least: 0", "least: 0\n        generation: 2")
    assert resolved(tmp_path, SUITE + claims)
    with pytest.raises(UserError, match=r"generation is 2, where the generations are 0 to 1\."):
        resolved(tmp_path, SUITE + claims, generations=1)


def test_claims_about_regimes_that_are_not_run_are_left_out(tmp_path):
    assert [c.claim for c in resolved(tmp_path, SUITE + CLAIMS).suite.claims] == ["worse"]
    others = resolved(tmp_path, SUITE + CLAIMS, regimes=["hybrid-50"])
    assert others.suite.claims == []
    same = resolved(tmp_path, SUITE + CLAIMS, regimes=["replace"])
    assert [c.claim for c in same.suite.claims] == ["worse"]


def contrast(**given):
    base = {"says": "a", "expected": "b", "metric": "m", "regime": "replace", "least": 0}
    return Contrast.model_validate(base | given)


def test_what_is_not_named_is_the_same():
    first, other = contrast(against={"regime": "real"}, slice="s").sides(3)
    assert (first, other) == (Reading("replace", 3, "m", "s"), Reading("real", 3, "m", "s"))
    assert contrast(against={"generation": 0}).sides(3)[1] == Reading("replace", 0, "m", "all")
    assert contrast(against={"generation": "previous"}).sides(3)[1].generation == 2
    both = contrast(against={"regime": "real", "generation": 0}).sides(3)[1]
    assert both == Reading("real", 0, "m", "all")


def test_which_generations_are_contrasted():
    assert contrast(against={"regime": "real"}).generations(4) == [4]
    assert contrast(against={"regime": "real"}, generation=2).generations(4) == [2]
    assert contrast(against={"regime": "real"}, generation="each").generations(3) == [1, 2, 3]


def test_beyond_changes_what_it_names():
    made = contrast(against={"regime": "real"}, slice="rare", beyond={"slice": "frequent"})
    assert made.other().sides(1) == (
        Reading("replace", 1, "m", "frequent"),
        Reading("real", 1, "m", "frequent"),
    )
    assert contrast(against={"regime": "real"}).other() is None
