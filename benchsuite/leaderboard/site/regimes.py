"""What an entry's models were trained on, in words and drawn generation by generation."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from benchsuite.records.record import RegimeEntry
from benchsuite.records.report.mixtures import Described, describe
from benchsuite.suites.explain import Kind, Piece, knobs, percent, pieces
from benchsuite.suites.regime import Regime

_SHOWN = 3
"""The last generation that is drawn; after it, it goes on in the same way."""

_CLASSES: dict[Kind, str] = {
    "human": "human-fixed",
    "repeated": "human-fixed repeated",
    "fresh": "human-fresh",
    "last": "synthetic-last",
    "all": "synthetic-all",
}
"""The style sheet's classes for the pieces of a mix."""


@dataclass(frozen=True)
class Drawn:
    """A piece of a bar: its look, its width in budgets, and what it is."""

    classes: str
    size: float
    words: str


@dataclass(frozen=True)
class Told:
    """A regime for reading. Without knobs and mixes where it cannot be read."""

    described: Described
    knobs: dict[str, str]
    mixes: list[list[Drawn]]
    longest: float


def tell(entry: RegimeEntry) -> Told:
    """Put a regime's document into words and bars."""
    described = describe(entry)
    try:
        regime = Regime.model_validate(entry.document)
    except ValidationError:
        return Told(described, {}, [], 0)
    last = min(regime.generations or _SHOWN, _SHOWN)
    mixes = [pieces(regime, generation) for generation in range(last + 1)]
    longest = max(sum(piece.size for piece in mix) for mix in mixes)
    return Told(described, knobs(regime), [list(map(_drawn, mix)) for mix in mixes], longest)


def _drawn(piece: Piece) -> Drawn:
    words = f"{percent(piece.size)} {piece.words}" if piece.size != 1 else piece.words
    return Drawn(_CLASSES[piece.kind], piece.size, words)
