"""Independent repetitions of a loop, side by side in one column.

A row holds one observation of each of R loops: a list of R numbers. Mixing is row by row, so one
run of the runner runs R loops, which share nothing but the places of rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Parameters

LEAST = 30
"""Replicates from which on a standard error over them is worth its name."""


class Replicated(Parameters):
    """How many independent loops run side by side."""

    replicates: int = Field(default=1000, ge=LEAST, le=100_000)


def column(values: np.ndarray) -> pa.Array:
    """Return `[rows, ...]` numbers as a column, each row one list."""
    flat = np.ascontiguousarray(values.reshape(len(values), -1))
    return pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), flat.shape[1])


def values(rows: pa.Table, name: str) -> np.ndarray:
    """Return a column as `[rows, list size]` numbers."""
    lists = rows[name].combine_chunks()
    if isinstance(lists, pa.ChunkedArray):
        lists = pa.concat_arrays(lists.chunks)
    return np.asarray(lists.flatten().to_numpy(zero_copy_only=False)).reshape(len(lists), -1)


def human(content: dict[str, Any]) -> pa.Table:
    """Return a corpus's rows: all are for training, each is a document of its own."""
    count = len(next(iter(content.values())))
    place = [str(number) for number in range(count)]
    constant = {"domain": ["theory"] * count, "split": ["train"] * count}
    return pa.table({"document": place, **constant, **content})


def written(content: dict[str, Any], generation: int) -> pa.Table:
    """Return rows that the model of a generation wrote."""
    count = len(next(iter(content.values())))
    return pa.table({**content, "generation": pa.array([generation] * count, pa.int32())})


def generation_after(rows: pa.Table) -> int:
    """Return the generation of a model by its rows' descent: 0 from human rows alone."""
    return 1 + int(generations(rows).max(initial=-1))


def generations(rows: pa.Table) -> np.ndarray:
    """Return the generation of the model that wrote each row, -1 for human rows."""
    if "generation" not in rows.column_names:
        return np.full(rows.num_rows, -1)
    return np.asarray(rows["generation"].fill_null(-1).to_numpy())
