"""The page: one file that needs neither scripts nor network."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from benchsuite.api import page_environment
from benchsuite_data_report.charts import draw
from benchsuite_data_report.judging import percent
from benchsuite_data_report.results import Assessment, Finding, Unit

_HERE = Path(__file__).parent
_SYMBOLS = {"pass": "\u2713", "look": "\u25b2", "fail": "\u2715", "not judged": "\u00b7"}
_LARGE = 1000


def render(found: Assessment) -> str:
    """Return the page of an assessment as HTML."""
    environment = page_environment(_HERE)
    # Our own style sheet, and nothing of a data set.
    environment.globals["more_style"] = Markup((_HERE / "page.css").read_text("utf-8"))  # noqa: S704
    return environment.get_template("page.html").render(
        found=found,
        symbols=_SYMBOLS,
        drawings={
            outcome.check: draw(outcome.series, outcome.check)
            for outcome in found.outcomes
            if outcome.series
        },
        written=written,
        interval=interval,
        counts={
            verdict: sum(outcome.verdict == verdict for outcome in found.outcomes)
            for verdict in _SYMBOLS
        },
    )


def written(value: float | None, unit: Unit) -> str | None:
    """Write a number in its unit; None stays None."""
    if value is None:
        return None
    if unit == "share":
        return percent(value)
    if unit == "rows":
        return f"{value:,.0f}"
    if unit in {"distinct", "ratio"}:
        return f"{value:.3f}"
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:,.3g}"


def interval(finding: Finding) -> str | None:
    """Write the ends of an interval; None where there is none."""
    if finding.lower is None or finding.upper is None:
        return None
    return f"[{written(finding.lower, finding.unit)}, {written(finding.upper, finding.unit)}]"
