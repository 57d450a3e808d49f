"""Results in the layout of lm-eval, checked by its own code."""

import json
from datetime import datetime
from itertools import product

import pytest
from benchsuite_lm_eval.metrics import LmEval, LmEvalLosses
from made_up_export import HARNESS, make_exported_run, measured, row
from scipy.stats import binomtest

from benchsuite.records.export.lm_eval import files


@pytest.fixture(scope="module")
def exported():
    """Documents by their names."""
    return {name: json.loads(text) for name, text in files(*make_exported_run())}


@pytest.fixture
def document(exported):
    """What is said of the last generation's first model."""
    return exported["replace-generation-1-seed-0/results_2025-03-14T15-09-26.json"]


def test_each_checkpoint_has_a_file_that_lm_eval_takes_for_results(exported):
    from lm_eval.utils import get_file_datetime, get_results_filenames

    folders = [name.partition("/")[0] for name in exported]
    assert folders == [
        f"{regime}-generation-{generation}-seed-{seed}"
        for regime, generation, seed in product(("real", "replace"), (0, 1), (0, 1))
    ]
    assert get_results_filenames(list(exported)) == list(exported)
    for name in exported:
        assert datetime.fromisoformat(get_file_datetime(name)[:10])


def test_lm_eval_makes_its_table(document):
    from lm_eval.utils import make_table

    rows = [
        [cell.strip() for cell in line.split("|")] for line in make_table(document).splitlines()
    ]
    shown = {(row[1], row[5]): row for row in rows if len(row) > 9}
    task = shown["arc_easy", "acc"]
    assert (task[3], task[4], task[6], task[7]) == ("none", "5", "↑", "0.3100")
    assert shown["", "acc_norm"][9] == "N/A"  # of the same task
    assert shown["gsm8k", "exact_match"][3] == "strict-match"
    loss = shown["metrics/bits-per-byte in-domain", "bits-per-byte"]
    assert (loss[2], loss[4], loss[6]) == ("1", "0", "↓")


def test_keys_are_those_of_lm_evals_own_results(document):
    from lm_eval.result_schema import EvalResults, _TaskMetrics

    known = EvalResults.__annotations__.keys()
    assert document.keys() - known == {"benchsuite"}
    parts = {"results", "configs", "versions", "n-shot", "higher_is_better", "n-samples"}
    assert parts <= document.keys()
    for name, found in document["results"].items():
        assert {"alias", "sample_len"} <= found.keys() & _TaskMetrics.__annotations__.keys()
        numbers = found.keys() - {"alias", "sample_len"}
        assert all("," in key for key in numbers)
        told = {key.partition(",")[0] for key in numbers if "_stderr" not in key}
        assert told == document["higher_is_better"][name].keys()
        assert document["n-samples"][name]["effective"] == found["sample_len"]


def test_the_standard_error_is_near_lm_evals_own():
    from lm_eval.api.metrics import mean_stderr

    items = [1] * 90 + [0] * 210
    ends = binomtest(90, 300).proportion_ci(0.95, method="wilson")
    record, _ = make_exported_run()
    table = measured(row("replace", "arc_easy acc", 0.3, ends.low, ends.high, 300))
    ((_, text),) = files(record, table)
    document = json.loads(text)
    found = document["results"]["arc_easy"]["acc_stderr,none"]
    assert found == pytest.approx(mean_stderr(items), rel=0.01)
    interval = document["benchsuite"]["intervals"]["arc_easy"]["acc,none"]
    assert (interval["lower"], interval["upper"]) == (ends.low, ends.high)


def test_where_from_is_said(document):
    record, _ = make_exported_run()
    assert document["git_hash"] == record.environment.git_revision
    assert document["date"] == datetime.fromisoformat(record.times.started).timestamp()
    assert document["config"]["model_args"] == {
        "suite": "quickstart",
        "regime": "replace",
        "generation": 1,
        "seed": 0,
    }
    assert document["benchsuite"]["regime"]["digest"] == record.regimes[1].digest
    assert document["n-samples"]["arc_easy"] == {"original": 2376, "effective": 2376}
    assert "arc_easy" not in document["versions"]  # the record does not tell


def test_what_is_shown_beside_has_no_better_direction(document):
    higher = document["higher_is_better"]
    assert higher["metrics/tail-coverage human"] == {"tail-coverage": None}
    assert higher["metrics/distinct gap"] == {"distinct": None}
    assert higher["metrics/flops all"] == {"flops": False}


def test_a_task_cut_short_does_not_tell_how_long_it_was():
    record, table = make_exported_run()
    given = {**record.suite.document, "metrics": [{"name": HARNESS.name, "limit": 100}]}
    suite = record.suite.model_copy(update={"document": given})
    *_, (_, text) = [
        one
        for one in files(record.model_copy(update={"suite": suite}), table)
        if one[0].startswith("replace-generation-1-seed-0")
    ]
    found = json.loads(text)
    assert found["n-samples"]["arc_easy"] == {"effective": 2376}
    assert "arc_easy" not in found["n-shot"]  # the task's own, which nobody wrote down


def test_the_adapters_metrics_say_that_they_ask_tasks():
    assert LmEval.tasks
    assert LmEvalLosses.tasks
