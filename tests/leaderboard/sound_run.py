"""A made-up run whose record agrees with itself, so that no check refuses it."""

from dataclasses import replace

from made_up import sha
from made_up_run import make_run

from benchsuite.identity import digest
from benchsuite.records.comparisons import compare
from benchsuite.records.record import ComponentEntry
from benchsuite.suites.suite import Suite


def make_sound_run(regimes, seeds, generations=3):
    """Make a run with documents, digests, components and comparisons that follow from it."""
    run = make_run(regimes=regimes, generations=generations, seeds=seeds)
    record = run.record
    entries = [one.model_copy(update={"digest": digest(one.document)}) for one in record.regimes]
    document = _document(record, [entry.name for entry in entries])
    against = {entry.name: entry.against for entry in entries}
    update = {
        "suite": record.suite.model_copy(
            update={
                "name": document["suite"],
                "document": document,
                "digest": digest([document, [entry.digest for entry in entries]]),
            }
        ),
        "regimes": entries,
        "components": [*record.components, _grader(record.components[0])],
        "environment": record.environment.model_copy(update={"git_dirty": False}),
        "comparisons": compare(
            run.measurements, Suite.model_validate(document), against, record.metrics
        ),
    }
    return replace(run, record=record.model_copy(update=update))


def _document(record, regimes):
    metrics = [{"name": metric.name} for metric in record.metrics]
    suite = Suite(
        suite=record.suite.name,
        version=record.suite.version,
        summary=record.suite.document["summary"],
        corpus={"name": "corpora/pydocs"},
        learner={"name": "learners/llama"},
        budget={"tokens": 102_400},
        generations=record.generations,
        seeds=record.seeds,
        control=regimes[0],
        regimes=regimes,
        samples={"budget": {"tokens": 4096}, "generator": {"name": "generators/self"}},
        metrics=metrics,
    )
    return suite.model_dump(mode="json")


def _grader(like):
    name = "graders/self-likelihood"
    return ComponentEntry(
        **{**like.model_dump(), "kind": "grader", "name": name, "source": sha(name)}
    )
