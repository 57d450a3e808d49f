"""The digest of a resolved suite: changed by whatever changes a result, and by nothing else."""

import random
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from suite_texts import REGIME, SUITE, resolved

from benchsuite.plugins.registry import installed
from benchsuite.suites.regime import Regime
from benchsuite.suites.resolve import Changes, resolve, resolve_regime
from benchsuite.suites.shipped import find, shipped, summary
from benchsuite.suites.suite import Suite

MINE = SUITE.replace("[real, replace]", "[replace, mine.yaml]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("suites")


@pytest.fixture(scope="module")
def digest(folder):
    return resolved(folder, MINE).digest


def shuffled(value, order):
    """The same data with the keys of mappings in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], order) for key in order.sample(list(value), len(value))}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


@given(seed=st.integers(0, 10**6), flow=st.booleans(), wide=st.integers(20, 200))
@settings(max_examples=15, deadline=None)
def test_layout_and_the_order_of_keys_do_not_matter(folder, digest, seed, flow, wide):
    order = random.Random(seed)
    texts = [
        "# a comment\n"
        + yaml.safe_dump(
            shuffled(yaml.safe_load(text), order),
            default_flow_style=flow,
            sort_keys=False,
            width=wide,
        )
        for text in (MINE, REGIME)
    ]
    assert resolved(folder, *texts).digest == digest


DEFAULTS = [
    ("seeds: 2", "seeds: [0, 1]"),
    ("seeds: 2", "seeds: 2\nheld_out: {bytes: 2000000}"),
    ("  width: 16", "  width: 16\n  layers: 2\n  vocabulary: 2048"),
    ("name: llama", "name: learners/llama"),
    ("- bits-per-byte", "- {name: metrics/bits-per-byte}"),
    ("generator: self", "generator: {name: generators/self}, decoding: {top_p: 1.0}"),
    ("path: text.txt", "path: text.txt, split: null"),
    ("{tokens: 4096}", "{tokens: 4096, rows: null}"),
    ("[replace, mine.yaml]", "[real, replace, mine.yaml]"),
]
REGIME_DEFAULTS = [
    ("version: 1", "version: 1\ninit: scratch\nprompts: none\ncites: []"),
    ("version: 1", "version: 1\ndivision: closed\ncontrol: null\nbudget: equal"),
    ("version: 1", "version: 1\ngenerations: null"),
    ("{best: 0.5}", "{best: 0.50, threshold: null}"),
    ("share: 0.75", "share: 0.75, unique: null"),
    ("human-fixed,", "human-fixed, chosen: [],"),
    ("version: 1", "version: 1\ndecoding: {temperature: 1, top_k: null}"),
    ("generator: generators/self", "generator: {name: self}"),
    ("grader: graders/self-likelihood", "grader: self-likelihood"),
    ("share: 0.25", "share: 0.250"),
]


@given(st.sets(st.sampled_from(DEFAULTS)), st.sets(st.sampled_from(REGIME_DEFAULTS)))
@settings(max_examples=25, deadline=None)
def test_defaults_written_out_do_not_matter(folder, digest, defaults, regime_defaults):
    suite, regime = MINE, REGIME
    for old, new in defaults:
        suite = suite.replace(old, new, 1)
    for old, new in regime_defaults:
        regime = regime.replace(old, new, 1)
    assert resolved(folder, suite, regime).digest == digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("suite: small", "suite: large"),
        ("version: 1", "version: 2"),
        ("text.txt", "other.txt"),
        ("{name: files, path: text.txt}", "pydocs"),
        ("width: 16", "width: 24"),
        ("width: 16", "width: 16\n  epochs: 3"),
        ("{tokens: 4096}", "{tokens: 4097}"),
        ("{tokens: 4096}", "{rows: 4096}"),
        ("generations: 2", "generations: 3"),
        ("seeds: 2", "seeds: 3"),
        ("seeds: 2", "seeds: [1, 0]"),
        ("seeds: 2", "seeds: 2\nheld_out: {share: 0.06}"),
        ("seeds: 2", "seeds: 2\nheld_out: {bytes: 1999999}"),
        ("[replace, mine.yaml]", "[mine.yaml, replace]"),
        ("[replace, mine.yaml]", "[replace]"),
        ("{tokens: 2048}", "{tokens: 2049}"),
        ("generator: self", "generator: self, decoding: {temperature: 0.9}"),
        ("runs: 200", "runs: 201"),
        ("  - bits-per-byte\n", "  - bits-per-byte\n  - novelty\n"),
        ("slice: in-domain", "slice: all"),
    ],
)
def test_every_knob_of_a_suite_matters(folder, digest, old, new):
    assert old in MINE
    assert resolved(folder, MINE.replace(old, new, 1)).digest != digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("regime: mine", "regime: yours"),
        ("version: 1", "version: 2"),
        ("version: 1", "version: 1\ndecoding: {temperature: 0.9}"),
        ("version: 1", "version: 1\ndecoding: {top_k: 40}"),
        ("version: 1", "version: 1\ndecoding: {top_p: 0.9}"),
        ("{best: 0.5}", "{best: 0.4}"),
        ("{best: 0.5}", "{threshold: 0.5, expected: 0.5}"),
        ("version: 1", "version: 1\ncontrol: real"),
        ("version: 1", "version: 1\ndivision: open"),
        ("version: 1", "version: 1\ngenerations: 1"),
        ("version: 1", "version: 1\nprompts: {real: 8}"),
        ("human-fixed, share: 0.25", "human-fresh, share: 0.25"),
        ("human-fixed, share: 0.25", "human-fixed, share: 0.25, unique: 0.1"),
        (
            "share: 0.25}",
            "share: 0.25, chosen: [{grader: quality, keep: {best: 0.5}}]}",
        ),
        (
            "share: 0.25}\n  - {source: synthetic-last, share: 0.75",
            "share: 0.5}\n  - {source: synthetic-last, share: 0.5",
        ),
        ("source: synthetic-last", "source: synthetic-all"),
        ("graders:\n  - grader: graders/self-likelihood\n    keep: {best: 0.5}\n", ""),
    ],
)
def test_every_knob_of_a_regime_matters(folder, digest, old, new):
    assert old in REGIME
    changed = resolved(folder, MINE, REGIME.replace(old, new, 1))
    before = resolved(folder, MINE)
    assert changed.digest != digest
    assert changed.regimes[-1].digest != before.regimes[-1].digest
    assert [r.digest for r in changed.regimes[:-1]] == [r.digest for r in before.regimes[:-1]]


def test_a_regime_whose_rows_chance_chooses_is_what_it_was_before_there_was_a_choice(folder):
    mine = resolved(folder, MINE).regimes[-1]
    assert mine.document() == {
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
        "graders": mine.document()["graders"],
        "budget": "equal",
        "generations": None,
        "mixture": [
            {"source": "human-fixed", "share": 0.25, "unique": None},
            {"source": "synthetic-last", "share": 0.75, "unique": None},
        ],
    }


def test_graders_that_choose_stand_in_the_document_with_all_their_parameters(folder):
    chosen = "share: 0.25, chosen: [{grader: {quality: {filters: [c4]}}, keep: {best: 0.5}}]"
    mine = resolved(folder, MINE, REGIME.replace("share: 0.25", chosen)).regimes[-1]
    ((found,), *others) = [part.get("chosen") for part in mine.document()["mixture"]]
    assert others == [None]
    grader, keep = mine.choosers["human-fixed"][0]
    assert found == {"grader": grader.document(), "keep": keep.model_dump(mode="json")}
    assert found["grader"]["filters"] == ["c4"]
    assert {"thresholds", "without"} < set(found["grader"])
    again = resolved(folder, MINE, yaml.safe_dump(mine.document())).regimes[-1]
    assert again.digest == mine.digest


def test_a_resolved_document_is_a_document_of_the_same_suite(folder, digest):
    suite = resolved(folder, MINE)
    document = suite.document() | {"regimes": ["real", "replace", "mine.yaml"]}
    regime = next(r for r in suite.regimes if r.name == "mine").document()
    again = resolved(folder, yaml.safe_dump(document), yaml.safe_dump(regime))
    assert again.digest == digest
    assert again.document() == suite.document()


# -- the shipped documents ------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped("suite"))
def test_every_shipped_suite_resolves_and_its_document_resolves_to_the_same(name, tmp_path):
    suite = resolve(name, installed())
    assert suite.suite.suite == name
    path = tmp_path / "again.yaml"
    path.write_text(yaml.safe_dump(suite.document()))
    again = resolve(str(path), installed())
    assert again.digest == suite.digest
    for axis, headline in suite.suite.headline.items():
        metric = next(m for m in suite.metrics if m.name == headline.metric)
        assert metric.registered.component.kind == "metric", axis
    Suite.model_validate(suite.document())


BASE = "{name: learners/llama, base: a checkpoint that nobody opens yet}"


@pytest.mark.parametrize("name", shipped("regime"))
def test_every_shipped_regime_resolves_and_cites_where_it_comes_from(name, tmp_path):
    regime = resolve_regime(name, installed())
    assert regime.name == name
    assert Regime.model_validate(regime.document())
    assert regime.regime.cites
    own = regime.regime.control or "real"
    changes = Changes(regimes=list({own: "", name: ""}), settings={"learner": BASE})
    assert resolve("quickstart", installed(), changes).regimes[-1].digest == regime.digest
    path = tmp_path / "again.yaml"
    path.write_text(yaml.safe_dump(regime.document()))
    assert resolve_regime(str(path), installed()).digest == regime.digest


@pytest.mark.parametrize("name", shipped("regime"))
def test_every_shipped_regime_writes_every_knob_out(name):
    assert list(find("regime", name).data) == list(Regime.model_fields)


@pytest.mark.parametrize(
    ("kind", "name"), [(k, n) for k in ("suite", "regime") for n in shipped(k)]
)
def test_every_shipped_document_is_summed_up_in_a_sentence_or_two(kind, name):
    assert re.fullmatch(r"[A-Z].*\.", summary(kind, name))
