"""What a command line changes in a suite."""

import pytest
from suite_texts import SUITE, resolved

from benchsuite.errors import UserError


def changed(folder, suite=SUITE, **settings):
    """Resolve with `--set key=value`; two underscores stand for a dot."""
    return resolved(
        folder, suite, settings={key.replace("__", "."): text for key, text in settings.items()}
    )


def refusal(folder, settings, suite=SUITE, **changes):
    with pytest.raises(UserError) as refused:
        resolved(folder, suite, settings=settings, **changes)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


def test_a_nested_key(tmp_path):
    assert changed(tmp_path, budget__tokens="77").suite.budget.amount == 77
    assert changed(tmp_path, held_out="{share: 0.2}").suite.held_out.share == 0.2
    assert changed(tmp_path, learner__width="32").learner.parameters.width == 32
    assert changed(tmp_path, samples__budget="{rows: 3}").suite.samples.budget.unit == "rows"


def test_a_key_that_the_file_leaves_out(tmp_path):
    suite = changed(tmp_path, learner__layers="5")
    assert suite.learner.parameters.layers == 5
    assert suite.learner.parameters.width == 16
    assert changed(tmp_path, held_out__share="0.2").suite.held_out.share == 0.2


def test_an_item_of_a_list(tmp_path):
    suite = changed(tmp_path, metrics__0="novelty", regimes__1="hybrid-50", headline="{}")
    assert suite.metrics[0].name == "metrics/novelty"
    assert suite.regimes[1].name == "hybrid-50"
    assert changed(tmp_path, metrics__1__runs="5").metrics[1].parameters.runs == 5


def test_a_component_given_by_its_name_alone_takes_parameters(tmp_path):
    suite = SUITE.replace("{name: distinct, runs: 200}", "distinct")
    assert changed(tmp_path, suite, metrics__1__runs="5").metrics[1].parameters.runs == 5
    bare = SUITE.replace("learner:\n  name: llama\n  width: 16", "learner: llama")
    assert changed(tmp_path, bare, learner__width="32").learner.parameters.width == 32


def test_settings_are_made_in_order(tmp_path):
    suite = changed(tmp_path, learner="llama", learner__width="32")
    assert suite.learner.parameters.width == 32
    suite = changed(tmp_path, learner__width="32", learner="llama")
    assert suite.learner.parameters.width != 32


def test_the_corpus_is_switched_by_a_parameter_that_one_other_has(tmp_path):
    suite = SUITE.replace("corpus: {name: files, path: text.txt}", "corpus: pydocs")
    found = changed(tmp_path, suite, corpus__path="mine.txt", corpus__domain="topic").corpus
    assert found.name == "corpora/files"
    assert (found.parameters.path, found.parameters.domain) == ("mine.txt", "topic")
    kept = changed(tmp_path, suite, corpus__passage_bytes="700").corpus
    assert kept.name == "corpora/pydocs"
    assert kept.parameters.passage_bytes == 700
    assert changed(tmp_path, corpus__path="mine.txt").corpus.parameters.path == "mine.txt"
    sentence = refusal(tmp_path, {"corpus.paht": "x"}, suite)
    assert sentence.startswith("--set corpus.paht=x: unknown key corpus.paht")


def test_values_are_read_as_yaml(tmp_path):
    suite = changed(tmp_path, seeds="[3, 5]", samples__decoding="{temperature: 0, top_k: null}")
    assert suite.suite.seeds == [3, 5]
    assert suite.suite.samples.decoding.temperature == 0


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("learner.width", "[", "the value is not YAML."),
        ("seeds", "2024-13-45", "the value is not YAML."),
        ("seeds", "!!bool x", "the value is not YAML."),
        ("seeds", "!!python/object:os.system x", "the value is not YAML."),
        ("seeds", "[" * 5000, "the value is not YAML."),
        ("seed", "3", "unknown key seed, did you mean seeds?"),
        ("learner.widht", "3", "unknown key learner.widht, did you mean width?"),
        ("learner.width", "wide", "learner.width is 'wide': input should be a valid integer"),
        ("learner.0", "3", "keys should be strings"),
        ("learner.width.x", "3", "there is no key learner.width."),
        ("summary.x.y", "3", "input should be a valid string"),
        ("nothing.at.all", "3", "unknown key nothing; there is"),
        ("held_uot.share", "0.1", "unknown key held_uot, did you mean held_out?"),
        ("metrics.x.y", "3", "there is no key metrics.x."),
        ("metrics.9", "novelty", "9 is not the number of an item of the list."),
        ("metrics.x", "novelty", "x is not the number of an item of the list."),
        ("metrics.²", "novelty", "² is not the number of an item of the list."),
        ("metrics.9.runs", "1", "there is no key metrics.9."),
        ("metrics.0.runs", "1", "unknown key metrics.0.runs"),
        ("budget.rows", "3", "a budget is either tokens or rows"),
        ("", "3", "unknown key "),
        ("learner", "3", "learner is 3: input should be a valid dictionary"),
        ("learner", "{width: 3}", "the key learner.name is missing."),
        (
            "corpus.name",
            "corpora/flies",
            "there is no corpus corpora/flies, did you mean corpora/files?",
        ),
        ("samples.decoding", "{temperature: .inf}", "input should be a finite number"),
    ],
)
def test_a_setting_that_is_wrong_is_said_as_it_was_given(tmp_path, key, text, said):
    sentence = refusal(tmp_path, {key: text})
    assert said in sentence
    if key not in ("budget.rows", "summary.x.y"):
        assert sentence.startswith(f"--set {key}={text}: ")


def test_infinity_is_no_parameter(tmp_path):
    assert "finite" in refusal(tmp_path, {"learner.learning_rate": ".inf"})


def test_what_other_options_change(tmp_path):
    suite = resolved(tmp_path, seeds=3, generations=7).suite
    assert (suite.seeds, suite.generations) == ([0, 1, 2], 7)
    assert refusal(tmp_path, {}, seeds=0).startswith("--seeds: seeds is []")
    assert refusal(tmp_path, {}, generations=0).startswith("--generations: generations is 0")


def test_regimes_named_by_an_option_replace_the_suites(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    suite = resolved(tmp_path, regimes=["hybrid-50", "mine.yaml", "hybrid-50"])
    assert [regime.name for regime in suite.regimes] == ["real", "hybrid-50", "mine"]
    assert suite.document()["regimes"] == ["real", "hybrid-50", "mine"]
    assert "did you mean hybrid-50?" in refusal(tmp_path, {}, regimes=["hybrid-5"])
