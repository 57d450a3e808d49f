"""What one regime of a run measured, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import ndtri

from benchsuite.leaderboard.run import Run

Key = tuple[str, str]
"""A metric and a slice of it."""

_STANDARD_ERRORS = 2 * float(ndtri(0.975))
"""Standard errors that a 95 % interval is wide."""
_LARGEST = 1e100
"""What is larger is taken for missing: an entry is hostile input, and squares must stay finite."""


class Grid(NamedTuple):
    """Arrays [seeds, generations after generation 0, measurements] of a regime.

    `values` are NaN where there is none; `errors` are standard errors over rows, half the width
    of the measurement's own 95 % interval / 1.96, and 0 where it has none.
    """

    values: NDArray[np.float64]
    errors: NDArray[np.float64]
    contaminated: NDArray[np.bool_]

    def at(self, where: Any) -> Grid:
        """Return the part that an index of arrays names."""
        return Grid(self.values[where], self.errors[where], self.contaminated[where])


def stacked(found: Iterable[Grid]) -> Grid:
    """Return grids one above the other, in a new first dimension."""
    values, errors, contaminated = zip(*found, strict=True)
    return Grid(np.stack(values), np.stack(errors), np.stack(contaminated))


class Layout(NamedTuple):
    """The seeds and the last generation that every entry of a board must have."""

    seeds: Sequence[int]
    last: int


def grids(
    run: Run, regimes: Sequence[str], keys: Sequence[Key], layout: Layout
) -> Mapping[str, Grid]:
    """Return what the regimes measured; nothing but NaN of a regime that the run has not.

    Only those seeds and generations of the run are read that the layout has.
    """
    regimes = list(dict.fromkeys(regimes))
    table = run.measurements.filter(pc.is_in(run.measurements["regime"], pa.array(regimes)))
    generations = range(1, layout.last + 1)
    names = pc.binary_join_element_wise(table["metric"], table["slice"], "\0")
    at = {
        "regime": _positions(table["regime"], regimes),
        "seed": _positions(table["seed"], layout.seeds),
        "generation": _positions(table["generation"], generations),
        "key": _positions(names, ["\0".join(key) for key in keys]),
    }
    wanted = np.all([places >= 0 for places in at.values()], axis=0)
    where = tuple(places[wanted] for places in at.values())
    shape = (len(regimes), len(layout.seeds), len(generations), len(keys))
    value, lower, upper = (
        pc.fill_null(table[name], float("nan")).to_numpy()[wanted]
        for name in ("value", "lower", "upper")
    )
    with np.errstate(over="ignore"):
        error = np.nan_to_num(np.abs(upper - lower) / _STANDARD_ERRORS)
    values, errors = np.full(shape, np.nan), np.zeros(shape)
    values[where] = np.where(np.maximum(np.abs(value), error) > _LARGEST, np.nan, value)
    errors[where] = np.minimum(error, _LARGEST)
    contaminated = np.zeros(shape, bool)
    contaminated[where] = pc.fill_null(table["contaminated"], False).to_numpy()[wanted]  # noqa: FBT003
    return {name: Grid(values, errors, contaminated).at(i) for i, name in enumerate(regimes)}


def _positions(column: pa.ChunkedArray, among: Sequence[str | int]) -> NDArray[np.int64]:
    """Return where each cell stands in a list; -1 where it does not."""
    found = pc.index_in(column, pa.array(list(among), column.type))
    return np.asarray(pc.fill_null(found, -1).to_numpy())
