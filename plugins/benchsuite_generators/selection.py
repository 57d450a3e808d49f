"""Rows made and selected until there are as many as were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, inf
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from benchsuite.api import Context, GenerationRequest

_FIRST = 64
"""Rows that are made first: they show how many are wanted, and how many tokens they have."""

_FEWEST, _MOST = 16, 1024
"""Rows that are made at once."""


class Drafts(NamedTuple):
    """Rows, with a column `text`, and which of them are wanted."""

    rows: pa.Table
    wanted: Sequence[bool]


class Selected(NamedTuple):
    """The wanted rows, as much of them as was asked for, and how many rows were wanted and made."""

    rows: pa.Table
    wanted: int
    made: int

    @property
    def share(self) -> float:
        """The yield: rows wanted of all that were made."""
        return self.wanted / self.made

    def with_yield(self) -> pa.Table:
        """Return the rows with a constant column `yield`."""
        return self.rows.append_column("yield", pa.array([self.share] * self.rows.num_rows))


def select(
    draft: Callable[[int], Drafts],
    request: GenerationRequest,
    context: Context,
    tries: float = inf,
) -> Selected:
    """Call `draft(count)` until its wanted rows hold `request.amount`; empty rows are not wanted.

    Tokens are counted as those of the suite's learner, each row's end included. Raises
    `RuntimeError` where `tries` times the amount was made and too little of it wanted.
    """
    tables: list[pa.Table] = []
    held = size = wanted = made = 0
    count = min(request.amount, _FIRST) if request.unit == "rows" else _FIRST
    while held < request.amount:
        if size >= tries * request.amount:
            raise RuntimeError(
                f"{held:,} of {request.amount:,} {request.unit} are there after {tries:g} times as "
                f"many were written: {wanted:,} rows of {made:,} were wanted, a yield of "
                f"{wanted / made:.2%}; raise tries, or want what is less rare"
            )
        room = (tries * request.amount - size) * made / size if size else _FIRST
        rows, chosen = draft(ceil(min(max(count, _FEWEST), _MOST, room)))
        keep = np.array(chosen, bool) & np.array([bool(text) for text in rows["text"].to_pylist()])
        sizes = _sizes(rows, request)
        ends = held + np.cumsum(sizes[keep])
        needed = int(np.searchsorted(ends, request.amount)) + 1
        tables.append(rows.filter(pa.array(keep)).slice(0, needed))
        held = int(ends[:needed][-1]) if len(ends) else held
        size, wanted, made = size + int(sizes.sum()), wanted + int(keep.sum()), made + len(keep)
        left = request.amount - held
        count = ceil(1.1 * left * made / held) if held else 2 * count
        context.progress(min(held, request.amount), request.amount)
    return Selected(pa.concat_tables(tables), wanted, made)


def _sizes(rows: pa.Table, request: GenerationRequest) -> np.ndarray:
    """Return what each row counts."""
    if request.unit == "rows":
        return np.ones(rows.num_rows, np.int64)
    return np.asarray(request.model.tokens(rows).lengths, np.int64) + 1
