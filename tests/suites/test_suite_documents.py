"""What a suite may say, and what it may not."""

import pytest
from suite_texts import REGIME, SUITE, resolved

from benchsuite.errors import UserError
from benchsuite.suites.documents import parse, validate
from benchsuite.suites.suite import Suite


def made(*changes):
    text = SUITE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return validate(Suite, parse(text, "f.yaml"))


def refusal(folder, *changes, **others):
    text = SUITE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(UserError) as refused:
        resolved(folder, text, **others)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence.replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("given", "seeds"), [("3", [0, 1, 2]), ("1", [0]), ("[4, 2]", [4, 2]), ("[7]", [7])]
)
def test_seeds_are_how_many_or_which(given, seeds):
    assert made(("seeds: 2", f"seeds: {given}")).seeds == seeds


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seeds: 2", "seeds: [1, 2, 1]", "small.yaml:1: the seed 1 stands there twice."),
        ("seeds: 2", "seeds: 0", "small.yaml:10: seeds is []: list should have at least 1 item"),
        ("seeds: 2", "seeds: 99999999999", "small.yaml:10: seeds: 99999999999 seeds are more than"),
        ("seeds: 2", "seeds: []", "small.yaml:10: seeds is []: list should have at least 1 item"),
        ("seeds: 2", "seeds: -3", "small.yaml:10: seeds is []: list should have at least 1 item"),
        ("seeds: 2", "seeds: true", "small.yaml:10: seeds is True: input should be a valid list."),
        (
            "seeds: 2",
            "seeds: [a]",
            "small.yaml:10: seeds.0 is 'a': input should be a valid integer",
        ),
        ("[real, replace]", "[replace, replace]", "the regime replace stands there twice."),
        ("[real, replace]", "[]", "small.yaml:12: regimes is []: list should have at least 1 item"),
        ("[real, replace]", "replace", "small.yaml:12: regimes is 'replace': input should be a"),
        ("[real, replace]", "[repalce]", "there is no regime repalce, did you mean replace?"),
        ("[real, replace]", "[mine.yml]", "there is no regime file "),
        ("control: real", "control: reel", "there is no regime reel, did you mean real?"),
        (
            "control: real",
            "control: replace",
            "small.yaml:11: the control replace learns from synth",
        ),
        (
            "{tokens: 4096}",
            "{tokens: 4096, rows: 3}",
            "small.yaml:8: budget: a budget is either tok",
        ),
        ("{tokens: 4096}", "{}", "small.yaml:8: budget: a budget is either tokens or rows."),
        ("{tokens: 4096}", "{tokens: 0}", "small.yaml:8: budget.tokens is 0: input should be gr"),
        (
            "{tokens: 4096}",
            "{words: 9}",
            "small.yaml:8: unknown key budget.words; there is rows, tok",
        ),
        ("budget: {tokens: 2048}", "budget: {rows: 0}", "small.yaml:13: samples.budget.rows is 0"),
        ("generations: 2", "generations: 0", "small.yaml:9: generations is 0: input should be gr"),
        ("generations: 2", "generations: 1001", "small.yaml:9: generations is 1001: input should"),
        ("generations: 2", "generation: 2", "unknown key generation, did you mean generations?"),
        ("name: llama", "name: lama", "small.yaml:6: there is no learner lama"),
        ("width: 16", "widht: 16", "small.yaml:7: unknown key learner.widht, did you mean width?"),
        ("width: 16", "width: 17", "small.yaml:5: learner: width 17 must be a multiple of twice"),
        ("name: files", "name: flies", "small.yaml:4: there is no corpus flies"),
        (", path: text.txt", "", "small.yaml:4: the key corpus.path is missing."),
        ("generator: self", "generator: slef", "small.yaml:13: there is no generator slef"),
        (
            "- bits-per-byte",
            "- bits-per-bite",
            "small.yaml:15: there is no metric bits-per-bite, did",
        ),
        (
            "runs: 200",
            "rums: 200",
            "small.yaml:16: unknown key metrics.1.rums, did you mean runs?",
        ),
        ("runs: 200", "runs: few", "small.yaml:16: metrics.1.runs is 'few': input should be a"),
        (
            "- bits-per-byte",
            "- metrics/distinct",
            "small.yaml:16: metrics/distinct stands there twice.",
        ),
        (
            "metrics/bits-per-byte,",
            "bits-per-byte,",
            "bits-per-byte, which the suite does not measure, did you mean metrics/bits-per-byte?",
        ),
        ("metrics/bits-per-byte,", "metrics/novelty,", "small.yaml:18: headline.generalization.m"),
        (
            "slice: in-domain",
            "slise: x",
            "unknown key headline.generalization.slise, did you mean sl",
        ),
        ("suite: small", "suite: Small", "small.yaml:1: suite is 'Small': string should match"),
        ("version: 1", "version: 0", "small.yaml:2: version is 0: input should be greater"),
        ("seeds: 2", "seeds: 2\nheld_out: {share: 0.5}", "small.yaml:11: held_out.share is 0.5"),
        ("seeds: 2", "seeds: 2\nheld_out: {share: 0}", "small.yaml:11: held_out.share is 0"),
    ],
)
def test_a_mistake_is_said_at_its_line(tmp_path, old, new, said):
    assert said in refusal(tmp_path, (old, new))


def test_two_regimes_of_one_name(tmp_path):
    change = ("[real, replace]", "[replace, mine.yaml]")
    sentence = refusal(tmp_path, change, regime=REGIME.replace("regime: mine", "regime: replace"))
    assert sentence == "small.yaml: two of the regimes have the same name."


def test_the_control_comes_first_and_once(tmp_path):
    suite = resolved(tmp_path, SUITE.replace("[real, replace]", "[replace, real, hybrid-50]"))
    assert [regime.name for regime in suite.regimes] == ["real", "replace", "hybrid-50"]
    assert suite.control.name == "real"
    suite = resolved(tmp_path, SUITE.replace("[real, replace]", "[replace]"))
    assert [regime.name for regime in suite.regimes] == ["real", "replace"]


def test_a_budget_has_a_unit_and_an_amount():
    budget = made().budget
    assert (budget.unit, budget.amount) == ("tokens", 4096)
    budget = made(("budget: {tokens: 4096}", "budget: {rows: 12}")).budget
    assert (budget.unit, budget.amount) == ("rows", 12)


def test_the_resolved_document_has_every_default(tmp_path):
    document = resolved(tmp_path).document()
    assert document["held_out"] == {"share": 0.05, "bytes": 2_000_000}
    assert document["learner"]["name"] == "learners/llama"
    assert document["learner"]["width"] == 16
    assert document["learner"]["layers"] == 2
    assert document["samples"]["generator"] == {"name": "generators/self"}
    assert document["samples"]["decoding"] == {"temperature": 1.0, "top_k": None, "top_p": 1.0}
    assert [metric["name"] for metric in document["metrics"]] == [
        "metrics/bits-per-byte",
        "metrics/distinct",
    ]
    assert document["metrics"][1]["runs"] == 200
    assert document["seeds"] == [0, 1]
    assert document["regimes"] == ["real", "replace"]


def test_a_component_may_be_the_key_of_its_parameters(tmp_path):
    long, short = "{name: distinct, runs: 200}", "distinct: {runs: 200}"
    (tmp_path / "text.txt").write_text("Text.")
    assert resolved(tmp_path, SUITE.replace(long, short)).digest == resolved(tmp_path).digest
    sentence = refusal(tmp_path, (long, "distinct:\n      run: 200"))
    assert sentence.startswith("small.yaml:17: unknown key metrics.1.distinct.run")
    sentence = refusal(tmp_path, (long, "distinct-3: {pairs: 200}"))
    assert sentence.startswith("small.yaml:16: there is no metric distinct-3")
