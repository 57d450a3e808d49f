"""The board `nano` with its entry `hybrid-50`, and ways to forge that in what counts."""

import shutil
from dataclasses import replace
from pathlib import Path

from real_board import change_rows

from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entry
from benchsuite.leaderboard.verify.case import Case

NANO = Path(__file__).parents[3] / "leaderboards" / "nano" / "v1"


def copy_nano(root):
    """Copy the board and one entry; return the entry's folder."""
    board = root / "leaderboards" / "nano" / "v1"
    for name in ("baselines", "entries/hybrid-50"):
        shutil.copytree(NANO / name, board / name)
    for name in ("board.yaml", "suite.yaml"):
        shutil.copy(NANO / name, board / name)
    return board / "entries" / "hybrid-50"


def case_of(entry):
    board = read_board(entry.parents[1])
    return Case(board, read_entry(entry, board))


def move(entry, by, *, regime, seeds=range(5)):
    """Make a regime better by so many of the board's standard deviations in all that counts.

    After generation 0. What is best at zero can be no better than that.
    """
    case = case_of(entry)
    spreads = {key: deviation(case, key) for key in case.scored}

    def change(row):
        key = row["metric"], row["slice"]
        hit = row["regime"] == regime and row["seed"] in seeds and row["generation"]
        if not hit or key not in case.scored:
            return row
        best, far, value = case.metrics[key[0]].best, by * spreads[key], row["value"]
        if best == "zero":
            moved = max(0.0, abs(value) - far)
        else:
            moved = value + far if best == "higher" else value - far
        return {**row, "value": moved, "lower": None, "upper": None, "informative": None}

    change_rows(entry, change)


def deviation(case, key):
    """Compute the board's standard deviation between seeds anew: pooled over six models."""
    metric, slice_ = key
    table = case.board.baselines.measurements.to_pandas()
    rows = table[(table.metric == metric) & (table.slice == slice_) & (table.generation > 0)]
    return rows.groupby(["regime", "generation"]).value.var().mean() ** 0.5


def elsewhere(run):
    """Return a run as if another machine had made it."""
    environment = run.record.environment
    hardware = environment.hardware.model_copy(update={"processor": "Another"})
    changed = environment.model_copy(update={"hardware": hardware})
    return replace(run, record=run.record.model_copy(update={"environment": changed}))
