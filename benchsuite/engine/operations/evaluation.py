"""The texts that a metric evaluates models on, so that training can be searched for them."""

from __future__ import annotations

import pyarrow as pa

from benchsuite.engine.work import Spent, Work

_SCHEMA = pa.schema([("set", pa.string()), ("text", pa.string())])


def run(work: Work) -> Spent:
    """Write the metric's texts with the name of their set."""
    sets = work.component.evaluated(work.human())
    rows = [{"set": name, "text": text} for name, texts in sets.items() for text in texts]
    work.write_rows(pa.Table.from_pylist(rows, schema=_SCHEMA))
    return Spent()
