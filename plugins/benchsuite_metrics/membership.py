"""Rows that a model may have been trained on, and as many that it was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from benchsuite.api import Subject
from benchsuite_metrics.reference import drawn

if TYPE_CHECKING:
    import pyarrow as pa


def members(subject: Subject, seed: int) -> pa.Table:
    """Return the rows generation 0 was trained on, of the test rows' domains, each text once.

    In an order drawn by `seed`. Rows of other domains would be told apart by what they are
    about, whatever a model was trained on.
    """
    rows, test = subject.drawn, subject.human.test
    if not rows.num_rows or not test.num_rows:
        return rows.slice(0, 0)
    if "domain" in rows.column_names and "domain" in test.column_names:
        rows = rows.filter(pc.is_in(rows["domain"], test["domain"].unique()))
    rows = drawn(rows, seed)
    texts = rows["text"].to_pylist()
    first = dict(zip(reversed(texts), reversed(range(len(texts))), strict=True))
    return rows.take(sorted(first.values()))
