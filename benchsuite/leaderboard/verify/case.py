"""What checks are handed: an entry, its board, and the numbers of both in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from benchsuite.leaderboard.board import Board
from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.scoring.graders import filled, graders_of
from benchsuite.leaderboard.verify.curves import curve
from benchsuite.leaderboard.verify.rows import Place, Rows, by_place
from benchsuite.leaderboard.verify.spreads import Spread, pooled
from benchsuite.records.record import MetricEntry, Record, RegimeEntry


@dataclass(frozen=True)
class Case:
    """An entry to be checked; `others` are the board's other entries that can be read."""

    board: Board
    entry: Entry
    others: Sequence[Entry] = ()

    @property
    def record(self) -> Record:
        """The entry's record."""
        return self.entry.run.record

    @property
    def frozen(self) -> Record:
        """The record of the board's baselines."""
        return self.board.baselines.record

    @property
    def open(self) -> bool:
        """Whether the entry is in the open division."""
        return self.entry.document.division == "open"

    @property
    def regime(self) -> RegimeEntry:
        """The regime that is entered."""
        return self.regimes[self.entry.document.regime]

    @cached_property
    def regimes(self) -> dict[str, RegimeEntry]:
        """All regimes of the entry's record by name."""
        return {regime.name: regime for regime in self.record.regimes}

    @property
    def anchors(self) -> tuple[str, str]:
        """The board's control and its blind self-training."""
        return self.board.document.control, self.board.document.blind

    @cached_property
    def rows(self) -> Rows:
        """The entry's measurements."""
        return by_place(self.entry.run)

    @cached_property
    def frozen_rows(self) -> Rows:
        """The measurements of the board's baselines."""
        return by_place(self.board.baselines)

    @cached_property
    def metrics(self) -> dict[str, MetricEntry]:
        """What the board's metrics mean, by name."""
        return {metric.name: metric for metric in self.frozen.metrics}

    @cached_property
    def scored(self) -> set[tuple[str, str]]:
        """The measurements that count, as metric and slice; of a grader those with its name."""
        scoring = self.board.document.scoring
        auc = [] if scoring.graders is None else scoring.graders.auc
        asked = [(scored.metric, scored.slice) for scored in auc]
        counting = {(scored.metric, scored.slice) for scored in scoring.measurements}
        counting |= {filled(key, name) for key in asked for name in self.graders}
        return {key for key in counting if key[0] in self.metrics}

    @cached_property
    def graders(self) -> list[str]:
        """The names of the entry's graders, where the board asks for one."""
        scoring = self.board.document.scoring
        auc = [] if scoring.graders is None else scoring.graders.auc
        return graders_of(self.entry, [(scored.metric, scored.slice) for scored in auc])

    @cached_property
    def spreads(self) -> dict[tuple[str, str], Spread]:
        """How far seeds are apart in what counts: of the board's control and blind self-training.

        Pooled over their models from generation 1 on. An entry's own seeds have no say in it:
        else who makes them differ would be allowed to.
        """
        generations = range(1, self.frozen.generations + 1)
        found = {}
        for scored in sorted(self.scored):
            places = [
                Place(name, number, *scored) for name in self.anchors for number in generations
            ]
            spread = pooled(self.of_seeds(self.frozen_rows, place) for place in places)
            if spread is not None:
                found[scored] = spread
        return found

    def curve(
        self, rows: Rows, regime: str, scored: tuple[str, str], seeds: Sequence[int] | None = None
    ) -> list[float] | None:
        """Return what scores take of a measurement, for each of the board's seeds, or of others."""
        return curve(
            rows,
            regime,
            scored,
            best=self.metrics[scored[0]].best,
            seeds=self.frozen.seeds if seeds is None else seeds,
            generations=self.frozen.generations,
        )

    def of_seeds(self, rows: Rows, place: Place) -> list[float] | None:
        """Return the values of all of the board's seeds; None where one is missing."""
        found = rows.get(place, {})
        values = [found.get(seed, {}).get("value") for seed in self.frozen.seeds]
        return None if None in values else values  # type: ignore[return-value]

    def compared(self) -> Iterator[tuple[str, str]]:
        """Yield metric and slice of what the board's baselines measured and seeds fix."""
        for metric, slice_ in {(place.metric, place.slice): None for place in self.frozen_rows}:
            meant = self.metrics[metric]
            if meant.reproducible and slice_ not in meant.context_slices:
                yield metric, slice_
