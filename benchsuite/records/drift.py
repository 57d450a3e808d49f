"""How far shares would have moved by chance alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pyarrow as pa

from benchsuite.records.record import MetricEntry
from benchsuite.stats.drift import drift_error
from benchsuite.suites.suite import Suite


class Drift:
    """Standard errors of neutral drift of every share that is compared.

    Share and draws are those of generation 0: the mean over seeds of the slice that holds the
    share, and as many draws as a generation's whole training text holds, by their number in the
    samples. A regime that keeps human text drifts less than this.
    """

    def __init__(
        self, measurements: pa.Table, suite: Suite, metrics: Sequence[MetricEntry]
    ) -> None:
        self._drifts = {metric.name: metric.drifts for metric in metrics if metric.drifts}
        same = suite.budget.unit == suite.samples.budget.unit
        self._enlarged = suite.budget.amount / suite.samples.budget.amount if same else None
        self._started: dict[tuple[str, str, str], list[tuple[float, int]]] = defaultdict(list)
        for row in measurements.to_pylist():
            if row["metric"] in self._drifts and not row["generation"] and row["value"] is not None:
                key = row["regime"], row["metric"], row["slice"]
                self._started[key].append((row["value"], row["n"]))

    def error(self, regime: str, generation: int, metric: str, slice_: str) -> float | None:
        """Return the standard error at a generation; None for what is no share, or unknown."""
        holder = self._drifts.get(metric, {}).get(slice_)
        started = self._started.get((regime, metric, holder or ""))
        if not started or self._enlarged is None:
            return None
        share = sum(value for value, _ in started) / len(started)
        draws = sum(n for _, n in started) / len(started) * self._enlarged
        return drift_error(share, draws, generation) if draws >= 1 else None
