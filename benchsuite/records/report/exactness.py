"""Measurements beside their exact values, as the page shows them."""

from __future__ import annotations

from itertools import groupby
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
    """Return a record's cases by regime and what they come to; None where there are none.

    A case is a measurement with its formula, said once, and a row for each generation.
    """
    if not record.agreements:
        return None
    regimes: dict[str, list[dict[str, Any]]] = {}
    for (regime, metric, slice_, formula), rows in groupby(shown(record), _case):
        title = short(metric) + ("" if slice_ == "all" else f", {slice_}")
        case = {"metric": metric, "title": title, "formula": formula, "rows": list(map(_row, rows))}
        regimes.setdefault(regime, []).append(case)
    return {"sentence": in_words(record.agreements), "regimes": regimes}


def _case(agreement: Agreement) -> tuple[str, str, str, str]:
    return agreement.regime, agreement.metric, agreement.slice, agreement.formula


def _row(agreement: Agreement) -> dict[str, Any]:
    colour, symbol = _MARKS[agreement.verdict]
    return {
        "generation": agreement.generation,
        "exact": _number(f"{agreement.exact:.5g}"),
        "measured": _number(f"{agreement.measured:.5g}"),
        "error": None if agreement.error is None else _number(f"{agreement.error:.2g}"),
        "z": None if agreement.z is None else _number(f"{agreement.z:+.2f}"),
        "verdict": agreement.verdict,
        "colour": colour,
        "symbol": symbol,
    }


def _number(written: str) -> str:
    return written.replace("-", "\u2212")
