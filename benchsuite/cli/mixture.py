"""A regime's mixture drawn as text: a bar for each generation."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchsuite.suites.explain import Kind, Piece, percent, pieces
from benchsuite.suites.regime import Regime

_SHOWN = 4
"""Generations; after those it goes on in the same way."""

_WIDTH = 32
"""Characters of the longest bar."""

_MARKS: dict[Kind, tuple[str, str]] = {
    "human": ("█", "blue"),
    "repeated": ("▓", "blue"),
    "fresh": ("▓", "cyan"),
    "last": ("░", "yellow"),
    "all": ("▒", "yellow"),
}


def draw(regime: Regime, console: Console) -> None:
    """Print what each of the first generations is trained on; plain text where nobody looks."""
    last = min(regime.generations or _SHOWN - 1, _SHOWN - 1)
    mixes = [pieces(regime, generation) for generation in range(last + 1)]
    longest = max(sum(piece.size for piece in mix) for mix in mixes)
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column(min_width=_WIDTH, no_wrap=True)
    for generation, mix in enumerate(mixes):
        table.add_row(str(generation), _bar(mix, longest), _words(mix, regime))
    console.print(table)


def _bar(mix: list[Piece], longest: float) -> Text:
    """Return a bar of whole characters: each piece ends where it should, to half a character."""
    bar, end = Text(), 0.0
    for piece in mix:
        start, end = end, end + piece.size
        characters = round(_WIDTH * end / longest) - round(_WIDTH * start / longest)
        mark, style = _MARKS[piece.kind]
        bar.append(mark * characters, style)
    return bar


def _words(mix: list[Piece], regime: Regime) -> str:
    whole = sum(piece.size for piece in mix)
    words = ", ".join(f"{percent(piece.size / whole)} {piece.words}" for piece in mix)
    if whole == 1 or (regime.budget_share == 1 and not regime.keeps_pool):
        return words
    if not regime.keeps_pool:
        return f"{words}; {percent(whole)} of a budget"
    once = "each row as often as elsewhere"
    if regime.budget == "equal-training":
        once = f"each row {1 / whole:.2g} times as often as elsewhere"
    return f"{words}; {whole:g} budgets, {once}"
