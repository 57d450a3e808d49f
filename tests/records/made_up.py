"""Made-up measurements and samples of five regimes."""

from dataclasses import dataclass
from hashlib import sha256
from itertools import product

import pyarrow as pa

from benchsuite.records.tables import MEASUREMENT_SCHEMA, SAMPLE_SCHEMA

CONTROL = "real"
DRIFTS = {
    CONTROL: 0.0,
    "replace": 1.0,
    "accumulate-subsample": 0.35,
    "hybrid-50": 0.28,
    "self-graded": 1.5,
}
REGIMES = tuple(DRIFTS)
SIDES, STEPS = ("samples", "human"), ("train", "generate", "grade")


@dataclass
class Made:
    """A metric; slices by name: where they start, drift to, and how far seeds differ."""

    name: str
    axis: str
    unit: str
    best: str
    slices: dict
    context: tuple = ()

    @property
    def full(self):
        return f"metrics/{self.name}"


def against_human(human, gap, drift, spread):
    return {
        "gap": (gap, drift, spread),
        "samples": (human + gap, drift, spread),
        "human": (human, 0, 0),
    }


METRICS = [
    Made(
        "bits-per-byte",
        "generalization",
        "bits/byte",
        "lower",
        {"in-domain": (2.21, 0.06, 0.004), "out-of-domain": (2.68, 0.05, 0.009)},
    ),
    Made(
        "rare-token-loss",
        "generalization",
        "nats/token",
        "lower",
        {"rare half": (7.9, 0.42, 0.04), "frequent half": (3.2, 0.05, 0.01)},
    ),
    Made(
        "tail-coverage",
        "creativity",
        "share",
        "higher",
        {"all": (0.31, -0.035, 0.004), "human": (0.36, 0, 0)},
        ("human",),
    ),
    Made(
        "distinct",
        "creativity",
        "share",
        "zero",
        against_human(0.81, 0.02, -0.035, 0.004),
        SIDES,
    ),
    Made(
        "compression-ratio",
        "creativity",
        "ratio",
        "zero",
        against_human(2.81, -0.21, 0.07, 0.02),
        SIDES,
    ),
    Made("novelty", "creativity", "share", "zero", against_human(0.77, 0.04, -0.02, 0.006), SIDES),
    Made("feminine-share", "bias", "share", "zero", against_human(0.22, 0, -0.03, 0.02), SIDES),
    Made(
        "occupation-log-odds",
        "bias",
        "nats",
        "zero",
        {"stereotype": (0.02, 0.01, 0.05), "mean": (-0.6, 0.02, 0.1)},
    ),
    Made("tokens", "cost", "tokens", "lower", {"all": (307_200, 30_000, 0)}, STEPS),
    Made(
        "flops",
        "cost",
        "FLOP",
        "lower",
        {"all": (2.1e12, 2e11, 0), "train": (1.9e12, 0, 0), "generate": (2e11, 2e11, 0)},
        STEPS,
    ),
    Made("seconds", "cost", "s", "lower", {"all": (21.5, 2.0, 1.3)}, STEPS),
    Made("peak-memory", "cost", "bytes", "lower", {"all": (6.1e8, 1e6, 1e7)}, STEPS),
]
PROSE = (
    "Return a new set with elements from the set and all others. If the iterator is exhausted, "
    "the loop terminates and the else clause, if present, is executed. The default value is "
    "used when the attribute of the module is not found in the dictionary, otherwise the name "
    "of the file is opened for reading.\n\nChanged in version 3.6: The class is now a subclass "
    "of Exception. See also the documentation of the codecs module for the list of encodings."
)


def sha(*key):
    return sha256(repr(key).encode()).hexdigest()


def noise(*key):
    """A number in ±1 that depends on the key alone."""
    return int(sha(*key)[:8], 16) / 2**31 - 1


def values(regimes, generations, seeds):
    values = {}
    for metric, regime, generation, seed in product(
        METRICS, regimes, range(generations + 1), seeds
    ):
        for slice_, (start, drift, spread) in metric.slices.items():
            shared = CONTROL if generation == 0 else regime
            away = noise(metric.name, slice_, shared, generation, seed)
            value = start + drift * DRIFTS.get(regime, 0.5) * generation + spread * away
            values[metric.name, slice_, regime, generation, seed] = value
    return values


def measurements(values):
    metrics = {metric.name: metric for metric in METRICS}
    rows = [
        {
            "regime": regime,
            "generation": generation,
            "seed": seed,
            "axis": metrics[name].axis,
            "metric": metrics[name].full,
            "slice": slice_,
            "value": value,
            "n": 100,
            "unit": metrics[name].unit,
            "higher_is_better": {"higher": True, "lower": False}.get(metrics[name].best),
        }
        for (name, slice_, regime, generation, seed), value in values.items()
    ]
    return pa.Table.from_pylist(rows, schema=MEASUREMENT_SCHEMA)


def samples(regimes, generations, seeds):
    rows = []
    for regime, generation, seed in product(regimes, range(generations + 1), seeds):
        for number in range(3):
            start = int(100 + 100 * noise(regime, generation, number))
            row = {
                "regime": regime,
                "generation": generation,
                "seed": seed,
                "generator": "generators/self",
                "text": PROSE[start:] + " " + PROSE[:start],
                "tokens": 128,
            }
            rows.append(row | {"use": "measurement", "kept": False, "id": f"m{number}"})
            if regime == "self-graded":
                grades = [{"grader": "graders/self-likelihood", "score": -2.5 - number}]
                written = {"use": "training", "id": f"t{number}", "grades": grades}
                rows.append(row | written | {"kept": number < 2})
    return pa.Table.from_pylist(rows, schema=SAMPLE_SCHEMA)
