"""The table of measurements beside what mathematics says they should be."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchsuite.records.agreements import in_words, shown
from benchsuite.records.record import Agreement, Record

_STYLES = {"agrees": "green", "differs": "bold red", "unclear": "yellow"}
_SIGNS = {"agrees": "✓ agrees", "differs": "✕ differs", "unclear": "· unclear"}
_WIDE = 180
"""Columns of the table where it goes into a file or a pipe, so that no formula is cut."""


def print_agreements(records: Sequence[Record]) -> None:
    """Print each case at its last generation, and whatever differs at another."""
    every = [agreement for record in records for agreement in record.agreements]
    if not every:
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for name in ("case", "formula"):
        table.add_column(name)
    for name in ("t", "exact", "measured", "SE", "z"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for record in records:
        if record.agreements:
            table.add_row(Text(record.suite.name, "bold"))
        told: list[Text] = []
        for agreement in shown(record):
            case, formula, *numbers = _cells(agreement)
            again = told == [case, formula]  # said once for several generations
            table.add_row(*(("", "") if again else (case, formula)), *numbers)
            told = [case, formula]
    console.print(table)
    console.print(in_words(every))


def _cells(agreement: Agreement) -> Iterator[Text]:
    of = "" if agreement.slice == "all" else f", {agreement.slice}"
    yield Text(f"  {agreement.regime}: {agreement.metric.partition('/')[2]}{of}")
    yield Text(agreement.formula)
    yield Text(str(agreement.generation))
    yield Text(f"{agreement.exact:.5g}")
    yield Text(f"{agreement.measured:.5g}")
    yield Text("" if agreement.error is None else f"{agreement.error:.2g}")
    yield Text("" if agreement.z is None else f"{agreement.z:+.2f}")
    yield Text(_SIGNS[agreement.verdict], _STYLES[agreement.verdict])
