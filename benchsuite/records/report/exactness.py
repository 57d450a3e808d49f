"""Measurements beside their exact values, as rows of the page."""

from __future__ import annotations

from typing import Any

from benchsuite.records.agreements import in_words, shown
from benchsuite.records.record import Agreement, Record
from benchsuite.records.report.numbers import short

_MARKS = {
    "agrees": ("better", "\u2713"),
    "differs": ("worse", "\u2715"),
    "unclear": ("unclear", "?"),
}
"""The style sheet's class of a verdict, and its sign."""


def exactness(record: Record) -> dict[str, Any] | None:
    """Return the rows of a record's table and what they come to; None where there are none."""
    if not record.agreements:
        return None
    return {"sentence": in_words(record.agreements), "rows": list(map(_row, shown(record)))}


def _row(agreement: Agreement) -> dict[str, Any]:
    of = "" if agreement.slice == "all" else f", {agreement.slice}"
    colour, symbol = _MARKS[agreement.verdict]
    return {
        "regime": agreement.regime,
        "metric": agreement.metric,
        "title": short(agreement.metric) + of,
        "generation": agreement.generation,
        "formula": agreement.formula,
        "exact": f"{agreement.exact:.5g}",
        "measured": f"{agreement.measured:.5g}",
        "error": None if agreement.error is None else f"{agreement.error:.2g}",
        "z": None if agreement.z is None else f"{agreement.z:+.2f}",
        "verdict": agreement.verdict,
        "colour": colour,
        "symbol": symbol,
    }
