"""A made-up run whose metrics ask tasks of lm-eval, too."""

import pyarrow as pa
from made_up_run import make_run

from benchsuite.records.record import MetricEntry
from benchsuite.records.tables import MEASUREMENT_SCHEMA

HARNESS = MetricEntry(
    name="harness/lm-eval",
    summary="Scores on tasks.",
    definition="They are lm-eval's own.",
    axis="generalization",
    unit="score",
    best="higher",
    context_slices=[],
    reproducible=True,
    tasks=True,
)
TASKS = {
    "arc_easy acc": (0.31, 0.29, 0.33, 2376, 0.25, True),
    "arc_easy acc_norm": (0.27, None, None, 2376, 0.25, None),
    "gsm8k exact_match strict-match": (0.02, 0.015, 0.026, 1319, None, None),
}
DECODING = {"temperature": 0.8, "top_k": 40, "top_p": 0.95}


def make_exported_run(**changes):
    """Return record and measurements; `changes` are keys of the record."""
    run = make_run(regimes=("real", "replace"), generations=1)
    suite = run.record.suite
    document = {
        **suite.document,
        "samples": {"decoding": DECODING},
        "corpus": {"name": "corpora/pydocs"},
        "metrics": [{"name": HARNESS.name, "num_fewshot": 5, "limit": None}],
    }
    update = {
        "suite": suite.model_copy(update={"document": document}),
        "metrics": [*run.record.metrics, HARNESS],
        **changes,
    }
    rows = [row("replace", slice_, *numbers) for slice_, numbers in TASKS.items()]
    added = pa.Table.from_pylist(rows, schema=MEASUREMENT_SCHEMA)
    return run.record.model_copy(update=update), pa.concat_tables([run.measurements, added])


def row(regime, slice_, value, lower, upper, n, chance=None, informative=None, **more):
    """A row of measurements of the last generation's first model."""
    return {
        "regime": regime,
        "generation": 1,
        "seed": 0,
        "axis": "generalization",
        "metric": HARNESS.name,
        "slice": slice_,
        "value": value,
        "lower": lower,
        "upper": upper,
        "n": n,
        "chance": chance,
        "informative": informative,
        "unit": HARNESS.unit,
        "higher_is_better": True,
        "contaminated": False,
        **more,
    }


def measured(*rows):
    return pa.Table.from_pylist(list(rows), schema=MEASUREMENT_SCHEMA)
