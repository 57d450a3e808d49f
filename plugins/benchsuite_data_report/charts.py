"""What a check found, drawn as static SVG that takes its colours from the page."""

from __future__ import annotations

from typing import Any

import altair as alt
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from benchsuite.api import static_svg
from benchsuite_data_report.results import Series

_WIDTH, _ROW, _NAMES = 420, 24, 150
_MINE, _HUMAN = "var(--regime-2)", "var(--human)"


def draw(series: Series, prefix: str) -> Markup:
    """Draw bars of the data set, and a mark for human text; labels are the report's own."""
    names = alt.Axis(title=None, ticks=False, domain=False, labelPadding=8, labelLimit=_NAMES)
    y = alt.Y("label:N", sort=None, axis=names)
    top = max(0.01, *series.synthetic, *series.human)
    axis = alt.Axis(title=None, format="%" if top > 0.05 else ".1%", tickCount=5)  # noqa: PLR2004
    scale = alt.Scale(domain=[0, top * 1.02], nice=False)
    base = alt.Chart(alt.NamedData("rows")).encode(y)
    bars = base.mark_bar(color=_MINE, height={"band": 0.62}, cornerRadiusEnd=2).encode(
        alt.X("mine:Q", axis=axis, scale=scale)
    )
    marks = base.mark_tick(color=_HUMAN, thickness=3, size=18).encode(x=alt.X("human:Q"))
    layers = [bars, marks] if series.human else [bars]
    with debug_mode(False):  # noqa: FBT003 (checking each part takes longer than drawing them)
        chart: dict[str, Any] = alt.LayerChart(layer=layers).to_dict(validate=False)
    rows = [
        {"label": label, "mine": mine} | ({"human": series.human[i]} if series.human else {})
        for i, (label, mine) in enumerate(zip(series.labels, series.synthetic, strict=True))
    ]
    chart |= {
        "datasets": {"rows": rows},
        "width": _WIDTH,
        "height": 40 + _ROW * len(rows),
        "autosize": {"type": "fit", "contains": "padding"},
    }
    label = f"{series.title}, by {series.axis}; the numbers stand in the table."
    return static_svg(chart, label, prefix)
