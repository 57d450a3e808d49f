"""Bounds on a record, so that looking at it takes no longer than it should."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchsuite.errors import UserError
from benchsuite.records.record import Record

_MOST = 1000
"""Seeds, generations, metrics, and items of any list in a document."""

_REGIMES = 100
_SEED = (1 << 63) - 1


def check_bounds(record: Record, path: Path) -> None:
    """Raise `UserError` for a record of more than a run of a board can have.

    Documents are compared item by item, and aggregates computed for every generation that a
    number names; so no list may be long, and no number large.
    """
    counts = {
        "regimes": (len(record.regimes), _REGIMES),
        "seeds": (len(record.seeds), _MOST),
        "metrics": (len(record.metrics), _MOST),
    }
    for name, (count, most) in counts.items():
        if count > most:
            raise UserError(f"{path}: {name}: {count:,} are more than the {most:,} there may be.")
    if any(abs(seed) > _SEED for seed in record.seeds):
        raise UserError(f"{path}: seeds: one has more than the 64 bits of a column of seeds.")
    last = [record.generations, *(regime.generations for regime in record.regimes)]
    if not all(0 <= generation <= _MOST for generation in last):
        raise UserError(f"{path}: generations: a regime has 0 to {_MOST:,}.")
    documents = [record.suite.document, *(regime.document for regime in record.regimes)]
    if not all(map(_is_short, documents)):
        raise UserError(f"{path}: a list in a document may have at most {_MOST:,} items.")


def _is_short(data: Any) -> bool:
    if isinstance(data, dict):
        return len(data) <= _MOST and all(map(_is_short, data.values()))
    if isinstance(data, list):
        return len(data) <= _MOST and all(map(_is_short, data))
    return True
