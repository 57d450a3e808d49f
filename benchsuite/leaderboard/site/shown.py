"""A board as it is shown: its entries with their places, and what is measured of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow.compute as pc

from benchsuite.errors import UserError
from benchsuite.leaderboard.board import GRADER, Board, read_board
from benchsuite.leaderboard.entry import Entry, Refusal
from benchsuite.leaderboard.files import in_words
from benchsuite.leaderboard.scoring.published import rounded
from benchsuite.leaderboard.sound import sound_entries
from benchsuite.leaderboard.standing import MetricScore, Place, Standing
from benchsuite.records.record import MetricEntry
from benchsuite.records.report.curves import DIRECTIONS
from benchsuite.records.report.numbers import Scale, short

Key = tuple[str, str]
"""A metric and its slice."""

Stand = Callable[[Board, list[Entry]], Standing]
"""What ranks the entries of a board."""

ReadEntries = Callable[[Board], tuple[list[Entry], list[Refusal]]]
"""What reads the entries of a board, and says which are refused and why."""


@dataclass(frozen=True)
class Measurement:
    """A metric's slice that counts on a board, or its cost; `left_out` says why it does not."""

    number: int
    metric: MetricEntry
    slice: str
    cost: bool
    left_out: str | None
    scale: Scale

    @property
    def key(self) -> Key:
        """Metric and slice; `{grader}` in it stands for an entry's grader."""
        return self.metric.name, self.slice

    @property
    def title(self) -> str:
        """What is measured, in few words."""
        name = short(self.metric.name)
        slice_ = self.slice.replace(GRADER, "").strip(" ,:")
        return name if slice_ in {"all", ""} else f"{name}, {slice_}"

    @property
    def direction(self) -> str:
        """Which values are good."""
        return DIRECTIONS[self.metric.best]

    @property
    def page(self) -> str:
        """The name of the metric's page, which its slices share."""
        return re.sub(r"[^a-z0-9]+", "-", self.metric.name.lower()).strip("-")


@dataclass(frozen=True)
class Shown:
    """A board with its entries by name, and its places in order of rank."""

    board: Board
    standing: Standing
    entries: dict[str, Entry]
    refusals: list[Refusal]
    stand: Stand = field(repr=False)

    def without(self, refusals: list[Refusal]) -> Shown:
        """Return the board ranked without entries that are refused as well."""
        out = {refusal.folder for refusal in refusals}
        entries = [entry for entry in self.entries.values() if entry.folder not in out]
        return ranked(self.board, entries, [*self.refusals, *refusals], self.stand)

    @property
    def places(self) -> list[Place]:
        """The places of entries that are there."""
        return [place for place in self.standing.places if place.entry in self.entries]

    @property
    def seeds(self) -> list[int]:
        """The seeds of the board."""
        return self.board.baselines.record.seeds

    @property
    def generations(self) -> int:
        """The last generation of the board."""
        return self.board.baselines.record.generations

    @cached_property
    def measurements(self) -> list[Measurement]:
        """What is scored, what is left out, and the cost last."""
        scoring = self.board.document.scoring
        scored = [(one.metric, one.slice) for place in self.places for one in place.metrics]
        named = [(one.metric, one.slice) for one in scoring.measurements]
        cost = (scoring.cost.metric, scoring.cost.slice)
        keys = [key for key in dict.fromkeys([*scored, *named]) if key != cost]
        return [self._measurement(number, key) for number, key in enumerate([*keys, cost])]

    def _measurement(self, number: int, key: Key) -> Measurement:
        metric = _metric(key[0], self.board)
        scoring = self.board.document.scoring
        left_out = {(out.metric, out.slice): out.reason for out in self.standing.left_out}
        return Measurement(
            number=number,
            metric=metric,
            slice=key[1],
            cost=key == (scoring.cost.metric, scoring.cost.slice),
            left_out=left_out.get(key),
            scale=self._scale(metric, key),
        )

    def _scale(self, metric: MetricEntry, key: Key) -> Scale:
        """Say how numbers are written: by the baselines, so that no entry changes it for others."""
        spans = [one.span.value for one in self.standing.counted if (one.metric, one.slice) == key]
        values = _measured(key, self.board)
        if not values:  # of graders, which the baselines have not
            found = [metric_score(place, key) for place in self.places]
            values = [score.value.value for score in found if score]
        return Scale.of(metric.unit, values, spans, digits=3)


def metric_score(place: Place, key: Key) -> MetricScore | None:
    """Return an entry's score on a metric's slice."""
    return next((one for one in place.metrics if (one.metric, one.slice) == key), None)


def read_boards(root: Path, stand: Stand, read: ReadEntries = sound_entries) -> list[Shown]:
    """Read and rank all boards below `root`, `NAME/vN` each, in order of their names.

    Raises `UserError` for a board that cannot be read; entries that cannot, or that a check
    refuses, are refused alone.
    """
    folders = sorted(path.parent for path in root.glob("*/v*/board.yaml"))
    if not folders:
        raise UserError(
            f"{root}: there are no boards; name a folder that holds NAME/vN/board.yaml."
        )
    boards = [read_board(folder) for folder in folders]
    shown = [ranked(board, *read(board), stand) for board in boards]
    names = [one.board.name for one in shown]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{root}: two boards are called {name}; give one another name.")
    return sorted(shown, key=lambda one: (one.board.document.board, one.board.document.version))


def ranked(board: Board, entries: list[Entry], refusals: list[Refusal], stand: Stand) -> Shown:
    """Rank a board's entries; one that cannot be ranked is refused alone. Raises `UserError`."""
    try:
        standing = rounded(stand(board, entries))
    except UserError:
        raise
    except Exception:
        found = [_unranked(board, entry, stand) for entry in entries]
        more = [refusal for refusal in found if refusal is not None]
        if not more:
            raise
        out = {refusal.folder for refusal in more}
        rest = [entry for entry in entries if entry.folder not in out]
        return ranked(board, rest, [*refusals, *more], stand)
    by_name = {entry.name: entry for entry in entries}
    in_order = sorted(refusals, key=lambda refusal: refusal.folder)
    return Shown(board, standing, by_name, in_order, stand)


def _unranked(board: Board, entry: Entry, stand: Stand) -> Refusal | None:
    try:
        stand(board, [entry])
    except Exception as failure:  # noqa: BLE001 (what is ranked is hostile)
        return Refusal(entry.folder, f"{entry.folder}: cannot be ranked: {in_words(failure)}")
    return None


def _metric(name: str, board: Board) -> MetricEntry:
    for metric in board.baselines.record.metrics:
        if metric.name == name:
            return metric
    raise UserError(
        f"{board.folder / 'board.yaml'}: scoring: the baselines did not measure {name}."
    )


def _measured(key: Key, board: Board) -> list[float | None]:
    """Return what was measured in the baselines, which gives numbers their size."""
    table = board.baselines.measurements
    wanted = pc.and_(pc.equal(table["metric"], key[0]), pc.equal(table["slice"], key[1]))
    values: list[float | None] = table.filter(wanted)["value"].to_pylist()
    return values
