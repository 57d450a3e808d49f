"""The tasks that come with benchsuite run in lm-eval without benchsuite's metric, on any model."""

import os
from collections import Counter
from itertools import islice

import pytest
import yaml
from benchsuite_lm_eval import data
from benchsuite_lm_eval.loading import OURS, quiet
from lm_eval.tasks import TaskManager

from benchsuite.api import dataset

CHOICES = {
    "benchsuite_lambada": 1,
    "benchsuite_arc_easy": 4,
    "benchsuite_arc_challenge": 4,
    "benchsuite_hellaswag": 4,
}
"""Requests for a document, where these are not two."""
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
def test_every_file_loads_and_asks(monkeypatch):
    """Of each set a few rows are read; the command itself runs in another test."""
    read = data._read
    monkeypatch.setattr(data, "_read", lambda *file: islice(read(*file), 3))
    names = [name for name in tasks().all_tasks if not name.startswith("benchsuite_blimp_")]
    with quiet():
        found = tasks().load(names)  # the group brings its tasks along
        for task in found["tasks"].values():
            task.build_all_requests()
    assert len(found["tasks"]) == len(FILES) - 1
    for name, task in found["tasks"].items():
        documents = Counter(request.doc_id for request in task.instances)
        assert len(documents) == len(task.eval_docs)
        assert set(documents.values()) == {CHOICES.get(name, 2)}
        assert all(request.args[1].strip() for request in task.instances)
