"""The table of a board: a row an entry, the numbers written out once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.site.series import Series, generations
from benchsuite.leaderboard.site.shown import Measurement, Shown, metric_score
from benchsuite.leaderboard.standing import Estimate, Place
from benchsuite.records.report.numbers import Scale

Group = Literal["Scores", "\u0394 to the control", "Values"]
POINTS = Scale(1.0, "points", 1)
"""How scores are written."""

_HUGE = 1e9
"""From here on numbers are written with a power of ten."""


@dataclass(frozen=True)
class Column:
    """A column of numbers. `page` is of the metric that defines it."""

    group: Group
    label: str
    note: str
    page: str | None = None
    later: bool = False
    """Whether a script hides it until it is asked for."""


@dataclass(frozen=True)
class Cell:
    """An estimate in words; `order` is what it sorts by, empty where there is no value."""

    text: str | None
    interval: str | None
    order: str


@dataclass(frozen=True)
class Row:
    """An entry; its cells stand in the order of the columns."""

    place: Place
    entry: Entry
    cells: list[Cell]


@dataclass(frozen=True)
class Result:
    """An entry on one measurement; a cost has a value alone."""

    measurement: Measurement
    value: Cell
    difference: Cell | None
    score: Cell | None


@dataclass(frozen=True)
class Table:
    """A board's table."""

    columns: list[Column]
    rows: list[Row]


def table(shown: Shown) -> Table:
    """Return the table of a board, in order of rank."""
    counting = [one for one in shown.measurements if not one.cost and one.left_out is None]
    return Table(
        list(_columns(shown, counting)),
        [
            Row(place, shown.entries[place.entry], list(_cells(shown, place, counting)))
            for place in shown.places
        ],
    )


def _columns(shown: Shown, counting: list[Measurement]) -> Iterator[Column]:
    cost = shown.measurements[-1]
    yield Column("Scores", "Score", "")
    for axis in shown.standing.axes:
        yield Column("Scores", axis.capitalize(), "")
    yield Column("Scores", "Cost", f"{cost.title}, {cost.scale.unit}", cost.page)
    if _ranks_graders(shown):
        yield Column("Scores", "Downstream effect", "points ahead of blind")
    else:
        yield Column("\u0394 to the control", "score", "points", later=True)
    for group in ("\u0394 to the control", "Values"):
        for one in counting:
            note = f"{one.scale.unit} \u00b7 {one.direction}"
            yield Column(group, one.title, note, one.page, later=True)


def _cells(shown: Shown, place: Place, counting: list[Measurement]) -> Iterator[Cell]:
    yield cell(place.score, POINTS)
    for axis in shown.standing.axes:
        yield cell(place.axes.get(axis), POINTS)
    yield cell(place.cost, shown.measurements[-1].scale)
    compared = place.against_blind if _ranks_graders(shown) else place.against_control
    yield cell(compared.difference if compared else None, POINTS, signed=True)
    scores = [metric_score(place, one.key) for one in counting]
    for one, score in zip(counting, scores, strict=True):
        yield cell(score.difference if score else None, one.scale, signed=True)
    for one, score in zip(counting, scores, strict=True):
        yield cell(score.value if score else None, one.scale)


def _ranks_graders(shown: Shown) -> bool:
    return shown.board.document.kind == "graders"


def results(shown: Shown, place: Place) -> list[Result]:
    """Return what was measured of an entry, as it counts."""
    found = [_result(one, place) for one in shown.measurements]
    return [one for one in found if one is not None]


def numbers(shown: Shown, points: Series) -> list[tuple[Measurement, list[Cell]]]:
    """Return the means of each measurement, generation by generation."""
    shared = generations(points)
    found = []
    for one, each in zip(shown.measurements, points, strict=True):
        means = {point.generation: (point.mean, point.lower, point.upper) for point in each}
        found.append((one, [_mean(means.get(generation), one.scale) for generation in shared]))
    return found


def _mean(mean: tuple[float | None, float | None, float | None] | None, scale: Scale) -> Cell:
    value, lower, upper = mean or (None, None, None)
    return cell(Estimate(value=value, lower=lower, upper=upper), scale)


def of_metric(shown: Shown, measurement: Measurement) -> list[tuple[Place, Result]]:
    """Return all entries on one measurement, in order of rank."""
    found = [(place, _result(measurement, place)) for place in shown.places]
    return [(place, one) for place, one in found if one is not None]


def _result(measurement: Measurement, place: Place) -> Result | None:
    if measurement.cost:
        return Result(measurement, cell(place.cost, measurement.scale), None, None)
    score = metric_score(place, measurement.key)
    if score is None:
        return None
    return Result(
        measurement,
        cell(score.value, measurement.scale),
        cell(score.difference, measurement.scale, signed=True),
        cell(score.score, POINTS),
    )


def cell(estimate: Estimate | None, scale: Scale, *, signed: bool = False) -> Cell:
    """Write an estimate with its interval."""
    if estimate is None or estimate.value is None:
        return Cell(None, None, "")
    scale = _roomy(scale, estimate)
    write = scale.signed if signed else scale.text
    interval = scale.interval(estimate.lower, estimate.upper, signed=signed)
    return Cell(write(estimate.value), interval, f"{estimate.value:.9g}")


def _roomy(scale: Scale, estimate: Estimate) -> Scale:
    """Return the scale, without its decimals where a number would have hundreds of digits."""
    ends = (estimate.value, estimate.lower, estimate.upper)
    largest = max(abs(end) for end in ends if end is not None)
    return scale if largest < _HUGE * scale.factor else replace(scale, decimals=None)


def rank(place: Place) -> str | None:
    """Write a rank with the range that it lies in; None where an entry has none."""
    if place.rank is None:
        return None
    if place.best is None or place.worst is None or place.best == place.worst:
        return str(place.rank)
    return f"{place.rank} ({place.best}\u2013{place.worst})"
