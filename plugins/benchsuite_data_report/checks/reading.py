"""Whether rows can be read, and how long they are."""

from __future__ import annotations

import numpy as np

from benchsuite_data_report.checks.base import Check
from benchsuite_data_report.judging import Bounds, share
from benchsuite_data_report.results import Finding, Outcome, Series
from benchsuite_data_report.rows import Batch

_INVALID = Bounds(0.001, 0.01)
_EDGES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
"""Words from which a bar of the drawing begins."""


class Reading(Check):
    """Counts rows that cannot be read, and words of those that can."""

    name = "rows"
    title = "Rows that can be read"
    why = (
        "Training code stumbles over broken rows, or drops them silently, so that the set trained "
        "on is not the set described. Lengths unlike those of human text change what a budget in "
        "tokens holds."
    )
    how = (
        "Every row is counted. A word is a run of letters, so that text in a script without spaces "
        "has few. The thresholds are this report's own."
    )

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self._lengths, self._human = np.zeros(len(_EDGES) + 1), np.zeros(len(_EDGES) + 1)
        self._words = self._human_words = 0

    def see(self, batch: Batch) -> None:
        """Count words."""
        self._lengths += _lengths(batch)
        self._words += len(batch.hashed.codes)

    def see_human(self, batch: Batch) -> None:
        """Count words."""
        self._human += _lengths(batch)
        self._human_words += len(batch.hashed.codes)

    def outcome(self) -> Outcome:
        """Tell what was no row."""
        given, human = self.given, self.given.human
        rows, invalid = given.synthetic.total, given.invalid.total()
        findings = [
            share("invalid rows", invalid, rows + invalid, _INVALID, sampled=False),
            *(
                Finding(name=f"invalid: {why}", value=count, unit="rows", n=rows + invalid)
                for why, count in given.invalid.most_common()
            ),
            Finding(
                name="rows with text", value=rows, unit="rows", n=rows, human=human and human.total
            ),
            Finding(
                name="words a row",
                value=self._words / rows,
                unit="words",
                n=rows,
                human=self._human_words / human.total if human else None,
            ),
        ]
        says = f"{rows:,} rows with {self._words:,} words; {invalid:,} more cannot be used."
        return self.found(says, findings, series=self._series())

    def _series(self) -> Series:
        labels = ["0", *(f"{low}" if low == 1 else f"{low}\u2013{2 * low - 1}" for low in _EDGES)]
        labels[-1] = f"{_EDGES[-1]}+"
        some = np.flatnonzero(self._lengths + self._human)
        shown = slice(some[0], some[-1] + 1)
        mine, human = self._lengths[shown], self._human[shown]
        return Series(
            title="Rows by their length",
            axis="words",
            labels=labels[shown],
            synthetic=list(mine / mine.sum()),
            human=list(human / human.sum()) if human.any() else [],
        )


def _lengths(batch: Batch) -> np.ndarray:
    lengths = np.bincount(batch.hashed.rows, minlength=len(batch.texts))
    places = np.searchsorted(_EDGES, lengths, side="right")
    return np.bincount(places, minlength=len(_EDGES) + 1).astype(float)
