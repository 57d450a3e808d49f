"""Results in the schema of Every Eval Ever."""

import json
import re

import pytest
from every_eval_ever_schema import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_export import DECODING, HARNESS, make_exported_run, measured, row

from benchsuite.errors import UserError
from benchsuite.records.export.every_eval_ever import files

PATH = re.compile(  # data/COLLECTION/DEVELOPER/MODEL/UUID4.json
    r"data/[^/]+/[^/]+/[^/]+/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json"
)

GAPS, _ = make_exported_run(metrics=[HARNESS.model_copy(update={"best": "zero", "tasks": False})])


def exported(record, table, organization="A lab"):
    return {name: json.loads(text) for name, text in files(record, table, organization)}


@pytest.fixture(scope="module")
def found():
    """Documents by their names."""
    return exported(*make_exported_run())


@pytest.fixture
def document(found):
    """What is said of the last generation's first model."""
    (one,) = [d for n, d in found.items() if "/quickstart-replace-generation-1-seed-0/" in n]
    return one


def result(document, name):
    (one,) = [r for r in document["evaluation_results"] if r["evaluation_result_id"] == name]
    return one


def test_each_checkpoint_is_a_valid_document_where_the_data_store_has_it(found):
    assert len(found) == 2 * 2 * 2
    for name, document in found.items():
        Document.model_validate_json(json.dumps(document))
        assert PATH.fullmatch(name)
        assert (
            name.rpartition("/")[0] == f"data/benchsuite-quickstart/{document['model_info']['id']}"
        )
    assert len({document["evaluation_id"] for document in found.values()}) == len(found)


def test_a_task_is_told_with_its_interval(document):
    one = result(document, "harness/lm-eval arc_easy acc")
    assert one["evaluation_name"] == one["source_data"]["dataset_name"] == "arc_easy"
    assert one["metric_config"]["metric_id"] == "acc"
    assert one["metric_config"]["lower_is_better"] is False
    assert one["score_details"]["score"] == 0.31
    uncertainty = one["score_details"]["uncertainty"]
    interval = uncertainty["confidence_interval"]
    assert (interval["lower"], interval["upper"], interval["confidence_level"]) == (
        0.29,
        0.33,
        0.95,
    )
    assert uncertainty["num_samples"] == 2376
    assert one["score_details"]["details"] == {
        "value": "0.31",
        "chance": "0.25",
        "informative": "true",
        "contaminated": "false",
    }
    assert "generation_config" not in one
    bare = result(document, "harness/lm-eval arc_easy acc_norm")
    assert bare["score_details"]["uncertainty"] == {"num_samples": 2376}


def test_where_the_model_comes_from_stands_in_the_details(document):
    record, _ = make_exported_run()
    details = document["model_info"]["additional_details"]
    assert details["suite_digest"] == record.suite.digest
    assert details["regime_digest"] == record.regimes[1].digest
    assert (details["regime"], details["generation"], details["seed"]) == ("replace", "1", "0")
    assert document["source_metadata"]["source_organization_name"] == "A lab"
    assert document["eval_library"]["additional_details"]["git_revision"].startswith("0123")


def test_decoding_is_that_of_the_samples(document):
    one = result(document, "metrics/distinct gap")["generation_config"]["generation_args"]
    assert {name: one[name] for name in DECODING} == DECODING
    assert one["execution_command"].startswith("benchsuite run quickstart")


def test_what_is_shown_beside_is_left_out(document):
    names = {one["evaluation_result_id"] for one in document["evaluation_results"]}
    assert "metrics/distinct gap" in names
    assert not names & {"metrics/distinct human", "metrics/tail-coverage human"}


@settings(deadline=None)
@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_where_0_is_best_the_score_is_the_distance_with_its_interval(value, below, above, where):
    ends = value - below, value + above
    (document,) = exported(GAPS, measured(row("replace", "gap", value, *ends, 3))).values()
    (one,) = document["evaluation_results"]
    assert one["metric_config"]["lower_is_better"] is True
    assert one["metric_config"]["min_score"] == 0
    assert one["score_details"]["score"] == abs(value)
    assert json.loads(one["score_details"]["details"]["value"]) == value
    interval = one["score_details"]["uncertainty"]["confidence_interval"]
    inside = ends[0] + where * (ends[1] - ends[0])  # what lies inside stays inside
    assert interval["lower"] <= abs(min(max(inside, ends[0]), ends[1])) <= interval["upper"]


@pytest.mark.parametrize("started", ["yesterday", "", "2025-13-01"])
def test_a_time_that_is_none(started):
    record, table = make_exported_run()
    times = record.times.model_copy(update={"started": started})
    with pytest.raises(UserError, match=r"record\.json: times\.started"):
        exported(record.model_copy(update={"times": times}), table)


def test_decoding_that_is_none():
    record, table = make_exported_run()
    document = {**record.suite.document, "samples": {"decoding": {"temperature": "hot"}}}
    suite = record.suite.model_copy(update={"document": document})
    with pytest.raises(UserError, match=r"suite\.document\.samples\.decoding"):
        exported(record.model_copy(update={"suite": suite}), table)
