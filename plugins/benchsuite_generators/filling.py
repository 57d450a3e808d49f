"""Rows made until there are as many as were asked for."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np
import pyarrow as pa

from benchsuite.api import Context, GenerationRequest

_FIRST = 64
"""Rows that are made first where tokens are asked for: they show how many a row has."""

_MOST = 65_536
"""Rows that are made at once."""

_GIVE_UP_AFTER = 10_000
"""Rows in a row without text after which making is given up."""


def filled(
    more: Callable[[int], pa.Table], request: GenerationRequest, context: Context
) -> pa.Table:
    """Return rows of `more(count)`, none of them empty, that hold `request.amount`, and no more.

    Tokens are counted by the model, each row's end included. Raises `RuntimeError` where no
    text comes.
    """
    tables: list[pa.Table] = []
    rows = made = empty = 0
    count = request.amount if request.unit == "rows" else _FIRST
    while made < request.amount:
        table = more(min(count, _MOST))
        written = table.filter(pa.array([bool(text) for text in table["text"].to_pylist()]))
        empty = 0 if written.num_rows else empty + table.num_rows
        if empty >= _GIVE_UP_AFTER:
            raise RuntimeError(f"{empty} rows without text were made, one after the other")
        sizes = _sizes(written, request)
        needed = int(np.searchsorted(np.cumsum(sizes), request.amount - made)) + 1
        tables.append(written.slice(0, needed))
        rows, made = rows + len(sizes[:needed]), made + int(sizes[:needed].sum())
        count = ceil(1.1 * (request.amount - made) * rows / made) if made > 0 else 2 * count
        context.progress(min(made, request.amount), request.amount)
    return pa.concat_tables(tables)


def _sizes(rows: pa.Table, request: GenerationRequest) -> np.ndarray:
    """Return what each row counts."""
    if request.unit == "rows":
        return np.ones(rows.num_rows, np.int64)
    return np.asarray(request.model.tokens(rows).lengths, np.int64) + 1
