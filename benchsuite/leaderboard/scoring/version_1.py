"""Version 1 of the scoring.

A change that alters any number of a standing belongs into a new version.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsuite.leaderboard.board import Board
from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.scoring.columns import Columns, summed
from benchsuite.leaderboard.scoring.graders import grader_scales
from benchsuite.leaderboard.scoring.measured import measure
from benchsuite.leaderboard.scoring.places import Compared, against, front_of, place
from benchsuite.leaderboard.scoring.points import points_of
from benchsuite.leaderboard.scoring.scale import Scale, scales
from benchsuite.leaderboard.standing import LeftOut, Place, Standing, Tests
from benchsuite.stats.bootstrap import draw
from benchsuite.stats.ranks import rank

LEVEL = 0.05
METHOD = (
    "paired t-tests over seeds between all pairs of entries, corrected by the false discovery "
    "rate of Benjamini & Hochberg (1995)"
)
FRONT = ("grading", "creativity", "bias", "generalization")
"""Axes that the Pareto front is over, beside cost, as far as a board has them."""


def stand(board: Board, entries: Sequence[Entry]) -> Standing:
    """Score and rank entries."""
    found = [*grader_scales(board), *scales(board)]
    columns = Columns([each for each in found if isinstance(each, Scale)])
    left_out = [each for each in found if isinstance(each, LeftOut)]
    entries = sorted(entries, key=lambda entry: entry.name)
    places, threshold = _places(board, entries, columns) if entries else ([], None)
    ranked = sum(each.rank is not None for each in places)
    return Standing(
        board=board.name,
        kind=board.document.kind,
        scoring=1,
        axes=columns.axes,
        left_out=left_out,
        places=sorted(places, key=_order),
        counted=[scale.counted for scale in columns.scales if scale.span],
        front=_front(columns),
        tests=Tests(
            method=METHOD, level=LEVEL, pairs=ranked * (ranked - 1) // 2, threshold=threshold
        ),
    )


def _places(
    board: Board, entries: Sequence[Entry], columns: Columns
) -> tuple[list[Place], float | None]:
    scoring = board.document.scoring
    measured = measure(board, entries, columns.scales)
    own = points_of(measured.own, measured.control, columns.scales)
    blind = points_of(measured.blind, measured.control, columns.scales)
    by_seed = summed(own.by_seed, columns.ranked)
    whole = np.all(np.isfinite(by_seed), axis=1)
    ranks = rank(by_seed[whole], LEVEL)
    downstream = summed(own.by_seed, columns.ordinary)
    controls = against(downstream - 100, LEVEL)
    blinds = against(downstream - summed(blind.by_seed, columns.ordinary), LEVEL)
    drawn = draw(scoring.resamples, by_seed.shape[1], len(columns.scales), scoring.seed)
    front = front_of(own, measured, columns, _front(columns))
    order = iter(zip(ranks.best.tolist(), ranks.worst.tolist(), strict=True))
    places = []
    for number, ranked in enumerate(whole.tolist()):
        best, worst = next(order) if ranked else (None, None)
        compared = Compared(
            best, best, worst, bool(front[number]), controls[number], blinds[number]
        )
        places.append(place(number, measured, own, columns, drawn, compared))
    return places, ranks.threshold


def _front(columns: Columns) -> list[str]:
    """Return the axes of the front; all where a board has none of those it is usually over."""
    return [axis for axis in FRONT if axis in columns.axes] or columns.axes


def _order(place: Place) -> tuple[float, float, str]:
    """Order by rank, score and name; without a rank last."""
    if place.rank is None or place.score.value is None:
        return float("inf"), 0.0, place.entry
    return place.rank, -place.score.value, place.entry
