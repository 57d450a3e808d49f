"""Curves drawn as static SVG that takes its colours from the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from benchsuite.records.report.curves import Curve
from benchsuite.records.report.palette import Look

WIDTH, HEIGHT = 372, 232
_TICKS, _SPREAD = 8, 0.2
_SPOKEN = re.compile(r' (?:role|aria-[a-z]+|pointer-events|class)="[^"]*"')
"""What Vega says to screen readers, part by part; the drawing as a whole has a label."""
_INK, _MUTED, _GRID = "currentColor", "var(--muted)", "var(--line)"
_FRAME = {
    "width": WIDTH,
    "height": HEIGHT,
    "autosize": {"type": "fit", "contains": "padding"},
}
_DATASETS = ("means", "intervals", "seeds")
CONFIG: dict[str, Any] = {
    "background": None,
    "padding": 4,
    "view": {"stroke": None},
    "text": {"fontSize": 10.5},
    "axis": {
        "labelColor": _MUTED,
        "titleColor": _MUTED,
        "gridColor": _GRID,
        "domainColor": _GRID,
        "tickColor": _GRID,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
}


def draw(curve: Curve, looks: Mapping[str, Look], label: str, prefix: str) -> Markup | None:
    """Draw a curve; `prefix` keeps the ids of drawings on one page apart."""
    if not curve.values:
        return None
    with debug_mode(False):  # noqa: FBT003 (checking each part takes longer than drawing them)
        chart = _chart(curve, looks).to_dict(validate=False)
    return static_svg(chart | {"datasets": _data(curve), **_FRAME}, label, prefix)


def static_svg(chart: dict[str, Any], label: str, prefix: str) -> Markup:
    """Draw a Vega-Lite chart, which must hold no text of others; `label` is escaped."""
    svg = vl_convert.vegalite_to_svg(chart, config=CONFIG, allowed_base_urls=[])
    # No text of a record is in a drawing: regimes are drawn by number.
    return Markup(_opening(svg, label)) + Markup(_own_ids(svg, prefix))  # noqa: S704


def _opening(svg: str, label: str) -> Markup:
    box = re.search(r'viewBox="([-\d. ]+)"', svg)
    opening = Markup('<svg role="img" aria-label="{}" viewBox="{}" class="chart">')
    return opening.format(label, box[1] if box else f"0 0 {WIDTH} {HEIGHT}")


def _own_ids(svg: str, prefix: str) -> str:
    """Return what is inside the drawing, its ids counted anew under a prefix."""
    inside = _SPOKEN.sub("", svg[svg.index(">") + 1 :])
    for number, name in enumerate(dict.fromkeys(re.findall(r'\bid="([\w-]+)"', inside))):
        inside = re.sub(rf'(\bid="|url\(#){name}(?=["\)])', rf"\g<1>{prefix}-{number}", inside)
    return inside


def _chart(curve: Curve, looks: Mapping[str, Look]) -> alt.LayerChart:
    names = [str(number) for number in range(len(curve.series))]
    shown = [looks[regime] for regime in curve.series]

    def by_look(channel: Any, values: list[Any]) -> Any:
        return channel("regime:N", legend=None, scale=alt.Scale(domain=names, range=values))

    colour = by_look(alt.Color, [look.colour for look in shown])
    means, intervals, seeds = (
        alt.Chart(alt.NamedData(name)).encode(_x(curve), colour) for name in _DATASETS
    )
    bars = intervals.mark_rule(strokeWidth=1.3, opacity=0.5, clip=True).encode(
        _y("lower:Q", curve), y2="upper:Q"
    )
    line = means.mark_line(clip=True, strokeCap="round", strokeJoin="round").encode(
        _y("mean:Q", curve),
        by_look(alt.StrokeDash, [list(look.dash) for look in shown]),
        by_look(alt.StrokeWidth, [look.width for look in shown]),
    )
    points = seeds.mark_point(filled=True, opacity=0.85, size=26, clip=True).encode(
        _y("value:Q", curve), by_look(alt.Shape, [look.point for look in shown])
    )
    rule, name = _rule(curve)
    return alt.LayerChart(layer=[*rule, bars, line, points, *name])


def _y(field: str, curve: Curve) -> alt.Y:
    axis = alt.Axis(title=None, tickCount=5, domain=False, ticks=False, labelPadding=6)
    return alt.Y(field, axis=axis, scale=alt.Scale(domain=_domain(curve), nice=False, zero=False))


def _data(curve: Curve) -> dict[str, list[dict[str, Any]]]:
    """Return what is drawn; the control comes last, on top."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ("reference", *_DATASETS)}
    if curve.reference:
        found["reference"].append(_scaled(curve, level=curve.reference.value))
    for number, points in reversed([*enumerate(curve.series.values())]):
        aside = _SPREAD * ((number + 0.5) / len(curve.series) - 0.5)
        for point in points:
            place = {"regime": str(number), "place": point.generation + aside}
            ends = _scaled(curve, lower=point.lower, upper=point.upper)
            found["means"].append(place | _scaled(curve, mean=point.mean))
            found["intervals"] += [place | ends] if point.lower is not None else []
            found["seeds"] += [place | _scaled(curve, value=value) for value in point.seeds]
    return found


def _scaled(curve: Curve, **values: float | None) -> dict[str, Any]:
    factor = curve.scale.factor
    return {name: None if value is None else value / factor for name, value in values.items()}


def _rule(curve: Curve) -> tuple[list[alt.Chart], list[alt.Chart]]:
    """Return the reference as a dotted line to lie below the curves and its name, above them."""
    if curve.reference is None:
        return [], []
    base = alt.Chart(alt.NamedData("reference")).encode(_y("level:Q", curve))
    rule = base.mark_rule(strokeDash=[1, 3], strokeWidth=1.4, color=_INK)
    name = base.mark_text(text=curve.reference.label, align="right", dy=-6, color=_MUTED)
    return [rule], [name.encode(x=alt.value("width"))]


def _domain(curve: Curve) -> list[float]:
    """Leave room around what was measured; intervals may run past it."""
    values = [value / curve.scale.factor for value in curve.values]
    if curve.metric.axis == "cost":
        values.append(0.0)
    low, high = min(values), max(values)
    room = 0.09 * (high - low) or abs(high) * 0.1 or 1.0
    return [low if curve.metric.axis == "cost" else low - room, high + room]


def _x(curve: Curve) -> alt.X:
    """Generations; regimes stand side by side within `_SPREAD` of one."""
    last = max(point.generation for point in curve.points)
    ticks = list(range(0, last + 1, -(-last // _TICKS) or 1))
    axis = alt.Axis(title="generation", values=ticks, format="d", grid=False, tickSize=4)
    room = _SPREAD / 2 + 0.02 * last
    return alt.X("place:Q", axis=axis, scale=alt.Scale(domain=[-room, last + room], nice=False))
