"""Putting the page together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from benchsuite.plugins.kinds import Cost
from benchsuite.records.failures import causes
from benchsuite.records.record import Record
from benchsuite.records.report import numbers
from benchsuite.records.report.charts import draw
from benchsuite.records.report.claims import told
from benchsuite.records.report.curves import DIRECTIONS, Curve, curves
from benchsuite.records.report.equal_quality import told as equal_quality
from benchsuite.records.report.exactness import exactness
from benchsuite.records.report.flags import Flags
from benchsuite.records.report.mixtures import describe
from benchsuite.records.report.palette import Look, looks
from benchsuite.records.report.texts import graded, side_by_side
from benchsuite.records.report.verdicts import AXES, last_generation

_HERE = Path(__file__).parent
_ABOUT = {
    "generalization": "How well the models predict human text that they have not seen.",
    "creativity": "How rich and how new their own text is, next to human text.",
    "bias": "Whom their text and their expectations favour.",
    "factuality": "How often what they say is right.",
    "privacy": "How much of their training text they give away.",
    "homogeneity": "How much their texts resemble each other.",
    "grading": "How well the graders tell good rows from others.",
    "cost": "What each generation took to make.",
}


def write_report(record: Record, measurements: pa.Table, samples: pa.Table, path: Path) -> None:
    """Write the page of a run: one file that needs neither scripts nor network."""
    path.write_text(render(record, measurements, samples), encoding="utf-8", newline="\n")


def render(record: Record, measurements: pa.Table, samples: pa.Table) -> str:
    """Return the page of a run as HTML."""
    look = looks(record.regimes)
    measured = curves(record, measurements)
    return (
        page_environment()
        .get_template("template.html")
        .render(
            record=record,
            looks=look,
            facts=_facts(record),
            failures=causes(record.failures),
            flags=Flags(record, measurements),
            open_division={
                regime.name
                for regime in record.regimes
                if regime.document.get("division") == "open"
            },
            claims=told(record),
            headline=last_generation(record, headline=True),
            compared=last_generation(record, headline=False),
            equal_quality=equal_quality(record),
            agreements=exactness(record),
            mixtures={regime.name: describe(regime) for regime in record.regimes},
            axes=_axes(measured, look),
            anchors={
                metric.name: f"metric-{i}" for i, metric in enumerate(record.metrics, start=1)
            },
            written=side_by_side(record, samples),
            graded=graded(record, samples),
            total=sum((row.cost for row in record.costs), Cost()),
            directions=DIRECTIONS,
        )
    )


@cache
def page_environment(*folders: Path) -> Environment:
    """Return what pages are made with; their templates lie in `folders`, and ours here.

    Everything that is printed is escaped, and made inert before.
    """
    environment = Environment(
        loader=FileSystemLoader([*folders, _HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"short": numbers.short, "moment": numbers.moment}
    environment.globals |= {"quantity": numbers.quantity, "count": numbers.count}
    # Our own style sheet, and nothing of a record.
    environment.globals["style"] = Markup((_HERE / "style.css").read_text("utf-8"))  # noqa: S704
    return environment


def _finalize(value: Any) -> Any:
    if value is None:
        return "\u2013"
    if isinstance(value, str) and not isinstance(value, Markup):
        return numbers.inert(value)
    return value


def _facts(record: Record) -> list[str]:
    """Say what was run."""
    facts = [
        numbers.count(len(record.regimes), "regime"),
        f"{numbers.count(record.generations, 'generation')} after generation 0",
        numbers.count(len(record.seeds), "seed"),
    ]
    budget = record.suite.document.get("budget")
    if isinstance(budget, Mapping):
        facts += [
            f"{budget[unit]:,} {unit} a generation"
            for unit in ("tokens", "rows")
            if isinstance(budget.get(unit), int)
        ]
    return facts


def _axes(measured: list[Curve], look: Mapping[str, Look]) -> list[dict[str, Any]]:
    """Return each axis that was measured with its drawings and all its numbers."""
    found = []
    for axis in AXES:
        of_axis = [curve for curve in measured if curve.metric.axis == axis]
        if of_axis:
            drawn = [
                (curve, draw(curve, look, _label(curve), f"{axis}-{number}"))
                for number, curve in enumerate(of_axis)
                if not curve.context
            ]
            found.append({"name": axis, "about": _ABOUT[axis], "drawn": drawn, "curves": of_axis})
    return found


def _label(curve: Curve) -> str:
    regimes = ", ".join(numbers.inert(regime) for regime in curve.series)
    title = numbers.inert(f"{curve.title} over generations in {curve.scale.unit}")
    return f"{title} for {regimes}; the numbers follow as a table."
