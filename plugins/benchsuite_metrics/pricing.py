"""What a model costs by formula: its operations and its human text, at rates of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pydantic import Field

from benchsuite.api import NOTHING, Cost, Parameters, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

_MILLION, _EXA = 1e6, 1e18


class Rates(Parameters):
    """What things cost, in one currency."""

    per_exaflop: float = Field(
        1.0, ge=0, description="Of 10^18 floating-point operations of training, writing, grading."
    )
    per_million_human_tokens: float = Field(
        0.0, ge=0, description="Of human text: writing, licensing or cleaning it."
    )


def prices(subject: Subject, rates: Rates) -> dict[str, float | None]:
    """Return the price of a model with all that it came from, and of its own generation alone.

    By slice, `all` and `own`; None where no step is known. A human row is paid for once, however
    often it is read.
    """
    own = _human(subject.training)
    behind = own | _human(subject.drawn) if _synthetic(subject.training) else own
    parts = {"all": (subject.lineage, behind), "own": (subject.ledger, own)}
    return {
        name: _price(costs, rows, rates) if costs else None for name, (costs, rows) in parts.items()
    }


def _price(costs: Mapping[str, Cost], rows: Mapping[str, int], rates: Rates) -> float:
    text = sum(rows.values()) / _MILLION * rates.per_million_human_tokens
    return sum(costs.values(), NOTHING).flops / _EXA * rates.per_exaflop + text


def _synthetic(rows: pa.Table) -> bool:
    return "origin" in rows.column_names and "synthetic" in rows["origin"].unique().to_pylist()


def _human(rows: pa.Table) -> dict[str, int]:
    """Return the tokens (or 1) of each human row of a mix, by its id."""
    if "origin" not in rows.column_names:
        return {}
    sizes = rows["tokens"].to_pylist() if "tokens" in rows.column_names else [1] * rows.num_rows
    found = zip(rows["id"].to_pylist(), rows["origin"].to_pylist(), sizes, strict=True)
    return {row: size for row, origin, size in found if origin == "human"}
