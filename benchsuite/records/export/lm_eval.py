"""The layout in which lm-eval 0.4 leaves results: a file for each checkpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

import pyarrow as pa

from benchsuite.records.export.checkpoint import Checkpoint, Measured, Task, checkpoints, time_of
from benchsuite.records.record import Record

_LEVEL = 0.95
_WIDTH = 2 * NormalDist().inv_cdf((1 + _LEVEL) / 2)
"""Standard errors that a 95 % interval of a normal variable is wide."""


def files(record: Record, measurements: pa.Table) -> Iterator[tuple[str, str]]:
    """Yield `CHECKPOINT/results_TIME.json` for each checkpoint. Raises `UserError`.

    A slice of a metric that asks tasks of lm-eval is that task; any other is a task of its own
    name. lm-eval has standard errors and no intervals: what stands there is the width of the
    interval over 3.92, `N/A` without one. The intervals are below `benchsuite`.
    """
    name = time_of(record).strftime("results_%Y-%m-%dT%H-%M-%S.json")
    for checkpoint in checkpoints(record, measurements):
        text = json.dumps(document(checkpoint), indent=2, ensure_ascii=False, allow_nan=False)
        yield f"{checkpoint.name}/{name}", f"{text}\n"


def document(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return what lm-eval would have left of a checkpoint."""
    found = [(_task(each), each) for each in checkpoint.measured]
    tasks = list(dict.fromkeys(task.name for task, _ in found))
    own = {name: [(t, each) for t, each in found if t.name == name] for name in tasks}
    return {
        "results": {name: _results(name, own[name]) for name in tasks},
        "group_subtasks": {name: [] for name in tasks},
        "configs": {name: _config(name, own[name]) for name in tasks},
        "versions": _versions(own, checkpoint.record),
        "n-shot": _shots(own, checkpoint.record),
        "higher_is_better": {
            name: {task.metric: _higher(each) for task, each in own[name]} for name in tasks
        },
        "n-samples": {name: _samples(own[name], checkpoint.record) for name in tasks},
        **_provenance(checkpoint),
        "benchsuite": _beside(checkpoint, found),
    }


def _task(each: Measured) -> Task:
    # lm-eval joins metric and filter by a comma
    short = each.metric.name.rpartition("/")[2].replace(",", ";")
    return each.task or Task(each.name, short, "none")


def _results(name: str, own: list[tuple[Task, Measured]]) -> dict[str, Any]:
    found: dict[str, Any] = {"alias": name, "sample_len": max(each.n or 0 for _, each in own)}
    for task, each in own:
        found[f"{task.metric},{task.filter}"] = each.value
        found[f"{task.metric}_stderr,{task.filter}"] = _error(each)
    return found


def _error(each: Measured) -> float | str:
    if each.lower is None or each.upper is None:
        return "N/A"
    return (each.upper - each.lower) / _WIDTH


def _higher(each: Measured) -> bool | None:
    if not each.compared:
        return None
    return {"higher": True, "lower": False}.get(each.metric.best)


def _config(name: str, own: list[tuple[Task, Measured]]) -> dict[str, Any]:
    metric = own[0][1].metric
    metadata = {"metric": metric.name, "axis": metric.axis, "unit": metric.unit}
    told = {"task": name, "metadata": metadata}
    return told if metric.tasks else {**told, "description": metric.summary}


def _versions(own: dict[str, list[tuple[Task, Measured]]], record: Record) -> dict[str, str]:
    """Return the versions of our metrics; a record does not tell those of lm-eval's tasks."""
    known = {one.name: one.version for one in record.components if one.kind == "metric"}
    metrics = {name: found[0][1].metric for name, found in own.items()}
    return {
        name: known[metric.name]
        for name, metric in metrics.items()
        if metric.name in known and not metric.tasks
    }


def _parameter(metric: str, name: str, record: Record) -> int | None:
    """Return a number that the suite gives to a metric."""
    for given in record.suite.document.get("metrics") or ():
        if isinstance(given, dict) and given.get("name") == metric:
            value = given.get(name)
            return value if isinstance(value, int) else None
    return None


def _shots(own: dict[str, list[tuple[Task, Measured]]], record: Record) -> dict[str, int]:
    """Return the number of examples, where the suite states it; else it is the task's own."""
    metrics = {name: found[0][1].metric for name, found in own.items()}
    given = {
        name: _parameter(metric.name, "num_fewshot", record) if metric.tasks else 0
        for name, metric in metrics.items()
    }
    return {name: shots for name, shots in given.items() if shots is not None}


def _samples(own: list[tuple[Task, Measured]], record: Record) -> dict[str, int]:
    """Return what numbers come from; of a task that was cut short, not how much there was."""
    n = max(each.n or 0 for _, each in own)
    limited = _parameter(own[0][1].metric.name, "limit", record) is not None
    return {"effective": n} if limited else {"original": n, "effective": n}


def _provenance(checkpoint: Checkpoint) -> dict[str, Any]:
    record = checkpoint.record
    name = f"{record.suite.name}/{checkpoint.name}"
    return {
        "config": {
            "model": "benchsuite",
            "model_args": {
                "suite": record.suite.name,
                "regime": checkpoint.regime.name,
                "generation": checkpoint.generation,
                "seed": checkpoint.seed,
            },
            "device": record.environment.device,
            "random_seed": checkpoint.seed,
        },
        "git_hash": record.environment.git_revision,
        "date": time_of(record).timestamp(),
        "transformers_version": record.environment.packages.get("transformers"),
        "model_source": "benchsuite",
        "model_name": name,
        "model_name_sanitized": checkpoint.name,
    }


def _beside(checkpoint: Checkpoint, found: list[tuple[Task, Measured]]) -> dict[str, Any]:
    """Return what lm-eval has no place for."""
    record = checkpoint.record
    intervals: dict[str, dict[str, Any]] = {}
    for task, each in found:
        about = {"lower": each.lower, "upper": each.upper, "level": _LEVEL, "chance": each.chance}
        intervals.setdefault(task.name, {})[f"{task.metric},{task.filter}"] = about
    return {
        "version": record.environment.benchsuite,
        "command": record.command,
        "suite": {"name": record.suite.name, "digest": record.suite.digest},
        "regime": {"name": checkpoint.regime.name, "digest": checkpoint.regime.digest},
        "control": checkpoint.regime.against,
        "intervals": intervals,
    }
