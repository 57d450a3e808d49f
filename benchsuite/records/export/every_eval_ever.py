"""The schema of Every Eval Ever, version 0.3.0: a file for each checkpoint.

github.com/evaleval/every_eval_ever, eval.schema.json; arXiv:2606.14516.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from benchsuite.lm.decoding import Decoding
from benchsuite.records.export.checkpoint import (
    Checkpoint,
    Measured,
    checkpoints,
    decoding_of,
    slug,
    time_of,
)
from benchsuite.records.record import Record

SCHEMA = "0.3.0"
_LEVEL = 0.95
_METHOD = "over rows, documents or what the description says; not over training seeds"


def files(record: Record, measurements: pa.Table, organization: str) -> Iterator[tuple[str, str]]:
    """Yield `data/COLLECTION/benchsuite/CHECKPOINT/UUID.json`, as their data store files them.

    `organization` is who ran the suite. The schema asks which direction is better, so slices
    without one are left out, and where 0 is best the score is the distance from 0. Raises
    `UserError`.
    """
    for checkpoint in checkpoints(record, measurements):
        found = document(checkpoint, organization)
        digest = hashlib.sha256(found["evaluation_id"].encode()).digest()
        name = f"{uuid.UUID(bytes=digest[:16], version=4)}.json"
        text = json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
        model = found["model_info"]["id"]
        yield f"data/{_collection(record)}/{model}/{name}", f"{text}\n"


def _collection(record: Record) -> str:
    return f"benchsuite-{slug(record.suite.name)}"


def document(checkpoint: Checkpoint, organization: str) -> dict[str, Any]:
    """Return a checkpoint's measurements in the schema."""
    record = checkpoint.record
    started = time_of(record)
    seconds = str(int(started.timestamp()))
    model = f"benchsuite/{slug(record.suite.name)}-{checkpoint.name}"
    library = {"name": "benchsuite", "version": record.environment.benchsuite}
    decoding = decoding_of(record)
    return {
        "schema_version": SCHEMA,
        # the digest, since two suites of one name may have begun in the same second
        "evaluation_id": f"{_collection(record)}/{model}/{seconds}/{record.suite.digest[:16]}",
        "evaluation_timestamp": started.isoformat(),
        "retrieved_timestamp": seconds,
        "source_metadata": {
            "source_name": "benchsuite",
            "source_type": "evaluation_run",
            "source_organization_name": organization,
            "evaluator_relationship": "first_party",
        },
        "eval_library": {**library, "additional_details": _library(record)},
        "model_info": {
            "name": checkpoint.name,
            "id": model,
            "inference_engine": library,
            "additional_details": _model(checkpoint),
        },
        "evaluation_results": [
            _result(each, record, decoding) for each in checkpoint.measured if each.compared
        ],
    }


def _library(record: Record) -> dict[str, str]:
    told = {
        "git_revision": record.environment.git_revision,
        "source_sha256": record.environment.source,
        "device": record.environment.device,
        "precision": record.environment.precision,
        "kernels": record.environment.kernels,
        "python": record.environment.python,
    }
    return {name: value for name, value in told.items() if value is not None}


def _model(checkpoint: Checkpoint) -> dict[str, str]:
    """Return where the model comes from, for which the schema has no fields: text throughout."""
    record, regime = checkpoint.record, checkpoint.regime
    return {
        "deployment_type": "self_deployed",
        "model_availability": "unknown",
        "suite": record.suite.name,
        "suite_version": str(record.suite.version),
        "suite_digest": record.suite.digest,
        "corpus_digest": record.corpus.digest,
        "regime": regime.name,
        "regime_version": str(regime.version),
        "regime_digest": regime.digest,
        "regime_summary": regime.summary,
        "control": regime.against,
        "generation": str(checkpoint.generation),
        "seed": str(checkpoint.seed),
    }


def _result(each: Measured, record: Record, decoding: Decoding | None) -> dict[str, Any]:
    found = {
        "evaluation_result_id": each.name,
        "evaluation_name": each.task.name if each.task else each.name,
        "source_data": _data(each, record),
        "metric_config": _metric(each),
        "score_details": _score(each),
    }
    if decoding is None or each.metric.tasks:  # a task draws text in its own way
        return found
    return {**found, "generation_config": _generation(decoding, record)}


def _data(each: Measured, record: Record) -> dict[str, Any]:
    if each.task:
        return {"dataset_name": each.task.name, "source_type": "other"}
    corpus = record.suite.document.get("corpus")
    name = corpus.get("name") if isinstance(corpus, dict) else None
    details = {"corpus": str(name), "corpus_digest": record.corpus.digest}
    return {
        "dataset_name": f"what {each.metric.name} reads",
        "source_type": "other",
        "additional_details": details,
    }


def _metric(each: Measured) -> dict[str, Any]:
    metric = each.metric
    distance = metric.best == "zero"
    name = each.task.metric if each.task else f"benchsuite.{metric.name}"
    short = name.rpartition("/")[2]
    parts = [metric.summary, metric.definition]
    parts += ["The score is the distance from 0, which is best."] if distance else []
    return {
        "evaluation_description": "\n\n".join(parts),
        "metric_id": name,
        "metric_name": f"{short}, distance from 0" if distance else short,
        "metric_unit": metric.unit,
        "metric_parameters": {"slice": each.slice},
        "lower_is_better": metric.best != "higher",
        "score_type": "continuous",
        "min_score": 0 if distance else "-Infinity",
        "max_score": "Infinity",
    }


def _score(each: Measured) -> dict[str, Any]:
    distance = each.metric.best == "zero"
    told = {
        "value": each.value,
        "chance": each.chance,
        "informative": each.informative,
        "contaminated": each.contaminated,
    }
    return {
        "score": abs(each.value) if distance else each.value,
        "details": {name: json.dumps(value) for name, value in told.items() if value is not None},
        **({"uncertainty": found} if (found := _uncertainty(each, distance=distance)) else {}),
    }


def _uncertainty(each: Measured, *, distance: bool) -> dict[str, Any]:
    found: dict[str, Any] = {} if each.n is None else {"num_samples": each.n}
    if each.lower is None or each.upper is None:
        return found
    lower, upper = each.lower, each.upper
    if distance:  # the image of the interval under |x|, which covers as much at least
        ends = abs(lower), abs(upper)
        lower, upper = (0.0 if lower <= 0 <= upper else min(ends)), max(ends)
    interval = {"lower": lower, "upper": upper, "confidence_level": _LEVEL, "method": _METHOD}
    return {"confidence_interval": interval, **found}


def _generation(decoding: Decoding, record: Record) -> dict[str, Any]:
    return {
        "generation_args": {
            "temperature": decoding.temperature,
            "top_p": decoding.top_p,
            "top_k": decoding.top_k,
            "execution_command": record.command,
        },
        "additional_details": {"of": "the samples of each model, for metrics that read some"},
    }
