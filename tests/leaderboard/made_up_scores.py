"""Boards and entries in memory, from arrays [seeds, generations after generation 0] of values."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from made_up_run import make_run

from benchsuite.leaderboard.board import Board, BoardDocument
from benchsuite.leaderboard.entry import Entry, EntryDocument
from benchsuite.leaderboard.run import Run
from benchsuite.leaderboard.scoring import stand
from benchsuite.records.record import MetricEntry
from benchsuite.records.tables import MEASUREMENT_SCHEMA

CONTROL, BLIND, OWN = "real", "replace", "own"
COST = ("m/flops", "all")
AXES = {
    "m/loss": ("generalization", "lower"),
    "m/tail": ("creativity", "higher"),
    "m/words": ("creativity", "zero"),
    "m/gap": ("bias", "zero"),
    "m/flops": ("cost", "lower"),
    "m/auc": ("grading", "higher"),
    "m/rates": ("grading", "higher"),
}
SCORED = [(name, "all") for name, (axis, _) in AXES.items() if axis not in ("cost", "grading")]
SEEDS, GENERATIONS = (3, 1, 4), 2
RECORD = make_run(regimes=(CONTROL, BLIND)).record.model_copy(update={"comparisons": []})


def row(regime, seed, generation, key, value, **more):
    cell = {"regime": regime, "seed": seed, "generation": generation, "value": float(value)}
    return {**cell, "metric": key[0], "slice": key[1], "axis": AXES[key[0]][0], "n": 9, **more}


def rows(regime, values, seeds=SEEDS, **more):
    """Rows of a regime, from {(metric, slice): array}."""
    for key, array in values.items():
        for s, seed in enumerate(seeds):
            for g, value in enumerate(array[s]):
                yield row(regime, seed, g + 1, key, value, **more)


def run(found, seeds=SEEDS, generations=GENERATIONS):
    metrics = [
        MetricEntry(
            name=name,
            summary="Made up.",
            definition="Made up.",
            axis=axis,
            unit="made",
            best=best,
            context_slices=["beside"],
            reproducible=True,
            chance=0.5 if name == "m/auc" else None,
        )
        for name, (axis, best) in AXES.items()
    ]
    update = {"metrics": metrics, "seeds": list(seeds), "generations": generations}
    return Run(
        RECORD.model_copy(update=update),
        pa.Table.from_pylist(list(found), schema=MEASUREMENT_SCHEMA),
    )


def values(level, spread=0.02, seed=0, seeds=SEEDS, keys=(*SCORED, COST)):
    """Values of a model that is `level` of the way from the control, 0, to blind, 1."""
    random = np.random.default_rng(seed)
    shape = (len(keys), len(seeds), GENERATIONS)
    worth = level * np.array([1, 2]) / 1.5 + spread * random.standard_normal(shape)
    sign = [-1 if AXES[key[0]][1] == "higher" else 1 for key in keys]
    return {
        key: 10 + s * array if AXES[key[0]][1] != "zero" else 1 + array
        for key, s, array in zip(keys, sign, worth, strict=True)
    }


def board(control=None, blind=None, scored=SCORED, seeds=SEEDS, **scoring):
    scoring = {
        "version": 1,
        "measurements": [{"metric": metric, "slice": slice_} for metric, slice_ in scored],
        "cost": {"metric": COST[0]},
        **scoring,
    }
    document = BoardDocument(
        board="made",
        version=1,
        title="Made",
        summary="Made up.",
        kind="graders" if "graders" in scoring else "regimes",
        control=CONTROL,
        blind=BLIND,
        scoring=scoring,
    )
    found = [
        *rows(CONTROL, values(0, seed=1, seeds=seeds) if control is None else control, seeds),
        *rows(BLIND, values(1, seed=2, seeds=seeds) if blind is None else blind, seeds),
    ]
    return Board(Path("made/v1"), document, run(found, seeds))


def entry(of, name, own, seeds=SEEDS, more=(), **flags):
    """An entry of a board: its own regime's values beside the board's anchors."""
    anchors = of.baselines.measurements.to_pylist()
    document = EntryDocument(
        entry=name,
        board="made",
        version=1,
        title=name,
        authors=["A. N. Author"],
        claims="",
        regime=OWN,
        division="closed",
        files={},
        submitted="2026-11-21",
    )
    found = [*anchors, *rows(OWN, own, seeds, **flags), *more]
    return Entry(Path("made/v1/entries") / name, document, run(found, seeds))


def anchor(of, regime):
    """The values of a board's control or of its blind self-training."""
    found = {}
    table = [r for r in of.baselines.measurements.to_pylist() if r["regime"] == regime]
    seeds = of.baselines.record.seeds
    for r in table:
        array = found.setdefault((r["metric"], r["slice"]), np.zeros((len(seeds), GENERATIONS)))
        array[seeds.index(r["seed"]), r["generation"] - 1] = r["value"]
    return found


def scored(of, own, **more):
    """The place of a single entry."""
    (place,) = stand(of, [entry(of, "own", own, **more)]).places
    return place


def three(of):
    """Three entries, each worse than the one before."""
    return [entry(of, f"e{n}", values(0.3 * n, seed=20 + n)) for n in range(3)]
