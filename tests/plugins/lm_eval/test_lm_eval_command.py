"""The command `lm_eval` itself, on a checkpoint of ours: its numbers are those of our metrics."""

import json
import os
import subprocess
import sys

import benchsuite_metrics.blimp
import benchsuite_metrics.crows_pairs
import pyarrow as pa
import pytest
from benchsuite_lm_eval.loading import OURS
from benchsuite_lm_eval.metrics import LmEval, LmEvalLosses, LmEvalParameters
from benchsuite_metrics.blimp import Blimp
from benchsuite_metrics.crows_pairs import CrowsPairs
from command_line import ENVIRONMENT

from benchsuite.api import HumanRows, Subject, dataset

ROWS = 12
"""Documents of each task: the first ones."""
TASKS = ("benchsuite_blimp_ellipsis", "benchsuite_lambada", "benchsuite_crows_pairs")

pytestmark = pytest.mark.skipif(
    "BENCHSUITE_DATA" not in os.environ, reason="BENCHSUITE_DATA names no folder with the sets"
)


@pytest.fixture(scope="module")
def theirs(long_checkpoint, tmp_path_factory):
    """Run `lm_eval` once on all tasks; its results by task and metric."""
    folder = tmp_path_factory.mktemp("command")
    command = [sys.executable, "-m", "lm_eval", "run", "--model", "hf"]
    command += ["--model_args", f"pretrained={long_checkpoint},dtype=float32"]
    command += ["--tasks", ",".join(TASKS), "--include_path", str(OURS)]
    command += ["--limit", str(ROWS), "--device", "cpu", "--batch_size", "16"]
    command += ["--output_path", str(folder / "out")]
    done = subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (results,) = (folder / "out").rglob("results_*.json")
    return json.loads(results.read_text())["results"]


@pytest.fixture
def ours(monkeypatch, long_checkpoint, opened, made_up_context):
    """Measure the checkpoint with a metric of ours on the rows that the command read."""

    class First:
        digest = "first"
        published = ("ellipsis_n_bar_1.jsonl",)

        def __init__(self, name):
            self.whole = dataset(name)

        def read(self, file):
            heading = file.endswith(".csv")
            return b"".join(self.whole.read(file).splitlines(keepends=True)[: ROWS + heading])

    for module in (benchsuite_metrics.blimp, benchsuite_metrics.crows_pairs):
        monkeypatch.setattr(module, "dataset", First)
    human = HumanRows(pa.table({"text": [], "split": []}))
    subject = Subject(human, lambda: opened(long_checkpoint))

    def measure(metric, **parameters):
        made = metric(metric.parameters_type(**parameters))
        return {found.slice: found for found in made.measure(subject, made_up_context)}

    return measure


def test_minimal_pairs(theirs, ours):
    """lm-eval puts a space before a sentence."""
    found = ours(Blimp, lead=" ")["all"]
    assert found.n == ROWS
    assert found.value == pytest.approx(theirs[TASKS[0]]["acc,none"])


def test_stereotypes(theirs, ours):
    found = ours(CrowsPairs)["all"]
    assert found.n == ROWS
    assert found.value + 0.5 == pytest.approx(theirs[TASKS[2]]["pct_stereotype,none"])


@pytest.mark.parametrize("kind", [LmEval, LmEvalLosses])
def test_the_same_tasks_as_metrics(theirs, ours, kind):
    """So too of LAMBADA, where metrics/lambada differs: it puts the boundary before a passage."""
    assert kind.parameters_type is LmEvalParameters
    found = ours(kind, tasks=TASKS, limit=ROWS)
    assert len(found) == 2
    for slice_, measured in found.items():
        task, metric = slice_.split()
        assert measured.value == pytest.approx(theirs[task][f"{metric},none"], rel=1e-4)
