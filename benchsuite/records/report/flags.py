"""Measurements on text that a model was trained on, marked on the page, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa

from benchsuite.records.record import ContrastEntry, Record
from benchsuite.records.report.numbers import short


@dataclass(frozen=True)
class Reason:
    """A set of which too much was found in what a regime's models were trained on."""

    metric: str
    set: str
    regime: str
    above: str
    found: tuple[str, ...]
    """The largest value of any seed, generation by generation, in words."""


class Flags:
    """Which measurements of a run are flagged."""

    def __init__(self, record: Record, measurements: pa.Table) -> None:
        rows = measurements.to_pylist()
        self._flagged = {
            (row["metric"], row["slice"], row["regime"], row["generation"])
            for row in rows
            if row["contaminated"]
        }
        self.any = bool(self._flagged) or any(c.contaminated for c in record.comparisons)
        self.reasons = _reasons(record, rows) if self.any else []

    def at(self, metric: str, slice_: str, regime: str, generation: int) -> bool:
        """Whether a measurement of a regime's models of a generation is flagged, of any seed."""
        return (metric, slice_, regime, generation) in self._flagged

    def contrast(self, entry: ContrastEntry) -> bool:
        """Whether either side of a claim's contrast is flagged."""
        return self.at(entry.metric, entry.slice, entry.regime, entry.generation) or self.at(
            entry.metric, entry.slice, entry.against_regime, entry.against_generation
        )


def _reasons(record: Record, rows: list[dict[str, object]]) -> list[Reason]:
    """Return what was found above the thresholds of the metrics that look for such texts."""
    most = {
        metric.name: metric.contaminated_above
        for metric in record.metrics
        if metric.contaminated_above is not None
    }
    found: dict[tuple[str, str, str], dict[int, float]] = defaultdict(dict)
    for row in rows:
        metric, value, generation = str(row["metric"]), row["value"], row["generation"]
        if metric in most and isinstance(value, float) and value > most[metric]:
            assert isinstance(generation, int)
            values = found[metric, str(row["slice"]), str(row["regime"])]
            values[generation] = max(value, values.get(generation, value))
    return [
        Reason(
            short(metric),
            set_,
            regime,
            f"{most[metric]:g}",
            tuple(f"{value:.2g} at generation {generation}" for generation, value in each.items()),
        )
        for (metric, set_, regime), each in found.items()
    ]
