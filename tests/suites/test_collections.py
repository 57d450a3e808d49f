"""Collections: several suites under one name, with parameters that they share."""

import json

import pytest
from click.testing import CliRunner

from benchsuite.cli.list import list_
from benchsuite.cli.plan import plan
from benchsuite.cli.show import show
from benchsuite.errors import UserError
from benchsuite.plugins.registry import installed
from benchsuite.suites.collection import Collection, resolve_all
from benchsuite.suites.documents import parse, validate
from benchsuite.suites.resolve import Changes

PAIR = """\
collection: pair
version: 1
summary: Two suites.
suites: {quick: quickstart, again: quickstart}
parameters:
  width: {summary: How wide., sets: {quick: [learner.width, learner.feedforward]}}
"""


@pytest.fixture
def pair(tmp_path):
    path = tmp_path / "pair.yaml"
    path.write_text(PAIR)
    return path


def resolved(name, **changes):
    return resolve_all(str(name), installed(), Changes(**changes))


def test_a_suite_is_no_collection():
    collection, suites = resolved("quickstart")
    assert collection is None
    assert [suite.suite.suite for suite in suites] == ["quickstart"]


def test_a_parameter_sets_keys_of_the_suites_that_it_names(pair):
    collection, (quick, again) = resolved(pair, settings={"width": "40"})
    assert collection.collection == "pair"
    width = quick.learner.parameters
    assert (width.width, width.feedforward) == (40, 40)
    assert again.learner.parameters.width == 80


def test_options_hold_for_all_suites(pair):
    _, suites = resolved(pair, seeds=3, generations=4)
    assert [(len(s.suite.seeds), s.suite.generations) for s in suites] == [(3, 4)] * 2


def test_a_declared_parameter_takes_an_options_value():
    _, suites = resolved("theory", generations=9)
    mean = next(suite for suite in suites if suite.suite.suite == "theory-mean")
    assert mean.suite.generations == 9
    assert mean.corpus.parameters.more == 9
    assert {suite.suite.generations for suite in suites} == {9}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"settings": {"widht": "3"}},
            "--set widht=3: pair has no parameter widht, did you mean width",
        ),
        ({"regimes": ["replace"]}, "pair is a collection"),
        ({"settings": {"width": "x"}}, "learner.width"),
    ],
)
def test_what_cannot_be_set_is_said(pair, changes, sentence):
    with pytest.raises(UserError, match=sentence):
        resolved(pair, **changes)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("again: quickstart", "again: quickstrat", "pair.yaml:4: there is no suite quickstrat"),
        ("sets: {quick:", "sets: {quik:", "sets keys of quik"),
        ("summary: Two suites.", "sumary: Two suites.", "unknown key sumary"),
        ("suites: {quick: quickstart, again: quickstart}", "suites: {}", "suites"),
    ],
)
def test_a_wrong_collection_is_said(pair, old, new, sentence):
    assert old in PAIR
    pair.write_text(PAIR.replace(old, new))
    with pytest.raises(UserError, match=sentence):
        resolved(pair)


def test_an_unknown_name_is_said_with_the_nearest():
    with pytest.raises(
        UserError, match="there is no suite or collection theroy, did you mean theory"
    ):
        resolved("theroy")


def test_its_own_suites_are_found_beside_it(pair):
    suite = pair.parent / "mine" / "numbers.yaml"
    suite.parent.mkdir()
    suite.write_text(
        "suite: numbers\nversion: 1\nsummary: Draws.\n"
        "corpus: {name: theory/normal, rows: 8}\nlearner: theory/mean\nbudget: {rows: 8}\n"
        "generations: 1\nseeds: 1\ncontrol: real\nregimes: [replace]\n"
        "samples: {budget: {rows: 1}, generator: generators/self}\nmetrics: [theory/error]\n"
    )
    pair.write_text(PAIR.replace("again: quickstart", "again: mine/numbers.yaml"))
    _, suites = resolved(pair)
    assert [each.suite.suite for each in suites] == ["quickstart", "numbers"]


def test_commands_know_collections(tmp_path):
    listed = CliRunner().invoke(list_, ["collection"])
    assert listed.output.split()[:2] == ["collection", "theory"]
    assert "theory (collection, version 1)" in CliRunner().invoke(show, ["theory"]).output
    options = ["theory", "--json", "--store", str(tmp_path / "store"), "--device", "cpu"]
    planned = CliRunner().invoke(plan, options)
    document = json.loads(planned.output)
    assert document["collection"] == "theory"
    assert {"theory-mean", "theory-linear"} <= {suite["suite"] for suite in document["suites"]}
    assert all(suite["steps"] for suite in document["suites"])


def test_the_schema_names_every_key():
    validate(Collection, parse(PAIR, "pair.yaml"))
    keys = {"collection", "version", "summary", "workers", "suites", "parameters"}
    assert set(Collection.model_json_schema()["properties"]) == keys
