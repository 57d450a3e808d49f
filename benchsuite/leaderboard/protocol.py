"""What an entry's run must share with the frozen run of its board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchsuite.identity import canonical, digest
from benchsuite.records.record import Record

FREE = frozenset({"regimes", "headline", "claims", "equal_quality", "summary"})
"""Keys of a suite that say what is run and shown, not how models are trained and measured."""

FIXED = ("suite", "version", "corpus", "held_out", "samples", "metrics", "seeds", "control")
"""Keys that no division may change: numbers would speak of something else."""


def protocol(record: Record) -> dict[str, Any]:
    """Return the resolved suite of a run but for the keys that are free."""
    return {key: value for key, value in record.suite.document.items() if key not in FREE}


def protocol_digest(record: Record) -> str:
    """Return the SHA-256 of a run's protocol."""
    return digest(protocol(record))


def differing(one: Record, other: Record) -> list[str]:
    """Return the keys, dotted, in which the protocols of two runs differ."""
    return sorted(_differing(protocol(one), protocol(other)))


def is_fixed(key: str) -> bool:
    """Whether a dotted key may differ in no division."""
    return key.partition(".")[0] in FIXED


def _differing(one: Any, other: Any, key: str = "") -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in {**one, **other}:
            dotted = f"{key}.{name}" if key else name
            if name not in one or name not in other:
                yield dotted
            else:
                yield from _differing(one[name], other[name], dotted)
    elif canonical(one) != canonical(other):
        yield key
