"""The tasks that come with benchsuite run in lm-eval without benchsuite's metric, on any model."""

import os

import pytest
import yaml
from benchsuite_lm_eval.loading import OURS
from lm_eval.evaluator import simple_evaluate
from lm_eval.tasks import TaskManager

from benchsuite.api import dataset

FILES = sorted(OURS.rglob("*.yaml"))


def tasks():
    """What `lm_eval --include_path` finds; its own tasks are left out, since they take seconds."""
    return TaskManager(include_path=OURS, include_defaults=False)


def test_none_is_skipped_silently():
    assert len(tasks().all_tasks) == len(FILES) == 21
    assert all(name.startswith("benchsuite_") for name in tasks().all_tasks)


def test_they_name_files_of_the_catalogue():
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!function", lambda loader, node: node.value)
    named = []
    for file in FILES:
        document = yaml.load(file.read_text(), Loader)  # noqa: S506 (a safe loader)
        for name in document.get("dataset_kwargs", {}).get("files", ()):
            named.append((document["dataset_kwargs"]["name"], name))
            assert name in dataset(named[-1][0]).published
    blimp = {file for name, file in named if name == "generalization/blimp"}
    assert blimp == set(dataset("generalization/blimp").published)
    assert len(named) == len(set(named))


@pytest.mark.skipif(
    "BENCHSUITE_DATA" not in os.environ, reason="BENCHSUITE_DATA names no folder with the sets"
)
def test_lm_eval_runs_them(long_checkpoint):
    found = simple_evaluate(
        model="hf",
        model_args={"pretrained": str(long_checkpoint), "dtype": "float32"},
        device="cpu",
        tasks=["benchsuite_piqa", "benchsuite_blimp_ellipsis"],
        task_manager=tasks(),
        limit=4,
        bootstrap_iters=0,
    )
    assert found["results"]["benchsuite_piqa"]["sample_len"] == 4
    assert 0 <= found["results"]["benchsuite_blimp_ellipsis"]["acc,none"] <= 1
