"""How a regime looks, everywhere the same: colour, dash and point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchsuite.records.record import RegimeEntry

COLOURS = 7
"""The style sheet gives the variables --regime-1 to --regime-7 for light and for dark."""
_POINTS = (
    "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z",  # circle, the control's
    "M-.9,-.9H.9V.9H-.9Z",  # square
    "M0,-1.1L1.1,.9H-1.1Z",  # triangle up
    "M0,-1.25L1.25,0L0,1.25L-1.25,0Z",  # diamond
    "M0,1.1L1.1,-.9H-1.1Z",  # triangle down
    "M-.4,-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",  # cross
    "M-1.1,0L.9,-1.1V1.1Z",  # triangle left
    "M1.1,0L-.9,-1.1V1.1Z",  # triangle right
)
_DASHES = ((1, 0), (7, 3), (2, 2), (8, 3, 2, 3))


@dataclass(frozen=True)
class Look:
    """A regime's line: a CSS colour, a dash pattern, a path within ±1 for its points."""

    colour: str
    dash: tuple[int, ...]
    point: str
    width: float


def looks(regimes: Sequence[RegimeEntry]) -> dict[str, Look]:
    """Give the first control the colour of ink and each other regime a look of its own."""
    found: dict[str, Look] = {}
    taken = 0
    for regime in regimes:
        if regime.control and not found:
            found[regime.name] = Look("currentColor", _DASHES[0], _POINTS[0], 2.6)
            continue
        turn, place = divmod(taken, COLOURS)
        dash = _DASHES[(place + turn) % len(_DASHES)]
        found[regime.name] = Look(f"var(--regime-{place + 1})", dash, _POINTS[place + 1], 1.9)
        taken += 1
    return found
