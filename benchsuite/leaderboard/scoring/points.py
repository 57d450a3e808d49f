"""Measurements on the scale of 0 to 100, seed by seed, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchsuite.leaderboard.scoring.grid import Grid, Layout
from benchsuite.leaderboard.scoring.scale import Scale
from benchsuite.stats.gain import gain

Floats = NDArray[np.float64]


class Points(NamedTuple):
    """Points of entries; NaN where a measurement is missing or not scored.

    `by_seed` and `errors`, standard errors over rows, are [entries, seeds, measurements]; `mean`
    [entries, measurements] is that over seeds.
    """

    by_seed: Floats
    errors: Floats
    mean: Floats


def points_of(own: Grid, control: Grid, scales: Sequence[Scale]) -> Points:
    """Return the points of grids that are stacked, entries first.

    The gain of each seed is the mean over the generations after generation 0, so that it is the
    curve that counts and not its end, less that of the control of the same run and seed. A
    missing value, or one that is contaminated, on either side makes the measurement missing.
    Errors over rows are taken to be independent between generations and sides.
    """
    entries, seeds, generations, measurements = own.values.shape
    by_seed, errors = (np.full((entries, seeds, measurements), np.nan) for _ in range(2))
    mean = np.full((entries, measurements), np.nan)
    for m, scale in enumerate(scales):
        if scale.span is None:
            continue
        sides = [own] if scale.zero is not None else [own, control]
        gains = [gain(side.values[..., m], scale.entry.best).mean(axis=-1) for side in sides]
        ahead = gains[0] - gains[1] if scale.zero is None else gains[0] - scale.zero
        offset = scale.span.mean if scale.zero is None else 0.0
        squares = sum((side.errors[..., m] ** 2).sum(axis=-1) for side in sides)
        by_seed[..., m] = 100 * (ahead + offset) / scale.span.mean
        errors[..., m] = 100 * np.sqrt(squares) / generations / scale.span.mean
        mean[:, m] = 100 * (ahead.mean(axis=1) + offset) / scale.span.mean
        bad = np.any([side.contaminated[..., m].any(axis=(1, 2)) for side in sides], axis=0)
        bad |= np.isnan(mean[:, m])
        by_seed[bad, :, m] = mean[bad, m] = np.nan
    return Points(by_seed, errors, mean)


def why_missing(sides: Mapping[str, Grid], layout: Layout) -> str:
    """Say whose measurement [seeds, generations] is missing, in which seed and generation.

    Raises `ValueError` where none is.
    """
    for regime, grid in sides.items():
        flags = {"has no value": np.isnan(grid.values), "is contaminated": grid.contaminated}
        for problem, found in flags.items():
            if found.any():
                seed, generation = np.argwhere(found)[0].tolist()
                more = f" and {found.sum() - 1} more" if found.sum() > 1 else ""
                where = f"seed {layout.seeds[seed]}, generation {generation + 1}{more}"
                return f"{regime} {problem} in {where}"
    raise ValueError("nothing is missing")
