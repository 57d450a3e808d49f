"""What entries measured, in arrays that are the same for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchsuite.leaderboard.board import GRADER, Board
from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.scoring.graders import filled, graders_of
from benchsuite.leaderboard.scoring.grid import Grid, Layout, grids, stacked
from benchsuite.leaderboard.scoring.scale import Scale, layout_of


@dataclass(frozen=True)
class Measured:
    """Grids of entries and of their own runs' anchors, stacked with entries first.

    `costs` are [entries, seeds, generations after generation 0]; `graders` the names of each
    entry's graders, where a board asks for them.
    """

    entries: Sequence[Entry]
    anchors: tuple[str, str]
    layout: Layout
    own: Grid
    control: Grid
    blind: Grid
    costs: NDArray[np.float64]
    graders: list[list[str]]


def measure(board: Board, entries: Sequence[Entry], scales: Sequence[Scale]) -> Measured:
    """Read from each entry's own run what is scored. Of several graders none is."""
    document, layout = board.document, layout_of(board)
    cost = (document.scoring.cost.metric, document.scoring.cost.slice)
    asked = [scale.key for scale in scales if GRADER in scale.key[1]]
    graders = [graders_of(entry, asked) for entry in entries]
    found: list[list[Grid]] = []
    for entry, names in zip(entries, graders, strict=True):
        only = names[0] if len(names) == 1 else None
        keys = [*(filled(scale.key, only) for scale in scales), cost]
        regimes = [entry.document.regime, document.control, document.blind]
        by_regime = grids(entry.run, regimes, keys, layout)
        found.append([by_regime[regime] for regime in regimes])
    own, control, blind = (stacked(side) for side in zip(*found, strict=True))
    scored = (..., slice(None, -1))
    return Measured(
        entries,
        (document.control, document.blind),
        layout,
        own.at(scored),
        control.at(scored),
        blind.at(scored),
        costs=own.values[..., -1],
        graders=graders,
    )
