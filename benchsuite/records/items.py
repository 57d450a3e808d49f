"""Differences between models that were asked the same items, paired by item."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchsuite.engine.operations.measure import ITEMS
from benchsuite.engine.steps import Plan
from benchsuite.engine.store import Store
from benchsuite.stats.paired import Interval, mean_interval


class Items:
    """What each item added to the measurements of a run, where metrics tell it."""

    def __init__(self, plan: Plan, store: Store, missing: set[str]) -> None:
        self._seeds = plan.suite.suite.seeds
        self._files: dict[tuple[str, int, int, str], Path] = {}
        for cell in plan.cells:
            for metric, identity in cell.measures.items():
                if identity not in missing and (file := store.path(identity) / ITEMS).exists():
                    self._files[cell.regime, cell.generation, cell.seed, metric] = file

    def difference(
        self, regime: str, control: str, generation: int, metric: str, slice_: str
    ) -> tuple[Interval, int] | None:
        """Return regime minus control, its interval over items, and how many these are.

        Each item's difference is averaged over seeds. So the models are taken as they are, and
        the interval speaks of other items of the kind; that over seeds speaks of other models on
        these items. Pairing takes out what is hard for both (Miller 2024, arXiv:2411.00640, §4.2).
        None where a model does not tell its items, or where not all were asked the same.
        """
        differences = []
        for seed in self._seeds:
            files = [
                self._files.get((name, generation, seed, metric)) for name in (regime, control)
            ]
            sides = [_of(file, slice_) for file in files if file is not None]
            if len(sides) < len(files) or sides[0].keys() != sides[1].keys():
                return None
            differences.append({item: value - sides[1][item] for item, value in sides[0].items()})
        first = differences[0]
        if len(first) < 2 or any(each.keys() != first.keys() for each in differences):  # noqa: PLR2004
            return None
        by_item = np.array([[each[item] for item in first] for each in differences])
        return mean_interval(by_item.mean(axis=0).tolist()), len(first)


@lru_cache(maxsize=64)
def _of(file: Path, slice_: str) -> Mapping[str, float]:
    rows = pq.read_table(file).filter(pc.field("slice") == slice_)
    return dict(zip(rows["item"].to_pylist(), rows["value"].to_pylist(), strict=True))
