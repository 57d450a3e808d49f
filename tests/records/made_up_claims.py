"""Claims about the made-up run, and a suite that makes them."""

from itertools import product

import pyarrow as pa

from benchsuite.records.record import MetricEntry
from benchsuite.records.tables import MEASUREMENT_SCHEMA
from benchsuite.suites.suite import Suite

METRIC = MetricEntry(
    name="m/loss",
    summary="",
    definition="",
    axis="generalization",
    unit="nats",
    best="lower",
    context_slices=[],
    reproducible=True,
)


def contrast(**given):
    base = {
        "says": "worse than the control",
        "expected": "+1 nat",
        "metric": "m/loss",
        "regime": "replace",
        "against": {"regime": "real"},
        "least": 0,
    }
    return base | given


def suite(*contrasts, seeds=(0, 1, 2), generations=2, samples=100):
    claim = {"claim": "worse", "statement": "It gets worse.", "sources": ["Somebody 2025"]}
    return Suite.model_validate(
        {
            "suite": "made-up",
            "version": 1,
            "summary": "",
            "corpus": "c",
            "learner": "l",
            "budget": {"tokens": 200},
            "generations": generations,
            "seeds": list(seeds),
            "control": "real",
            "regimes": ["real", "replace"],
            "samples": {"budget": {"tokens": samples}, "generator": "g"},
            "metrics": ["m"],
            "claims": [claim | {"contrasts": list(contrasts)}],
        }
    )


def measured(value, regimes=("real", "replace"), generations=2, seeds=(0, 1, 2), slices=("all",)):
    """A table in which `value(regime, generation, seed, slice)` gives each value and its n."""
    rows = []
    for regime, generation, seed, slice_ in product(regimes, range(generations + 1), seeds, slices):
        found, n = value(regime, generation, seed, slice_)
        row = {"regime": regime, "generation": generation, "seed": seed, "slice": slice_}
        rows.append(row | {"metric": "m/loss", "value": found, "n": n})
    return pa.Table.from_pylist(rows, schema=MEASUREMENT_SCHEMA)
