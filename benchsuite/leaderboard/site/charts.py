"""What the charts look like; scripts put the data in and Vega draws them in the browser.

Colours are CSS variables, so that a chart follows the page into the dark.
"""

from __future__ import annotations

from typing import Any

import altair as alt

_HEIGHT = 320
_GENTLE = 0.45


def curve_chart() -> dict[str, Any]:
    """Return curves over generations: the data sets `means`, `intervals` and `seeds`.

    Rows hold `entry`, `place` (the generation, a little aside), a colour, dash, shape and
    width, and `mean`, or `lower` and `upper`, or `value` and what is `said` of it.
    """
    x = alt.X(
        "place:Q",
        axis=alt.Axis(title="generation", format="d", grid=False, tickMinStep=1),
        scale=alt.Scale(nice=False),
    )
    means, intervals, seeds = (
        alt.Chart(alt.NamedData(name)).encode(x, _as_is(alt.Color, "colour"), detail="entry:N")
        for name in ("means", "intervals", "seeds")
    )
    bars = intervals.mark_rule(strokeWidth=1.3, opacity=0.5, clip=True).encode(
        _y("lower"), y2="upper:Q"
    )
    lines = means.mark_line(clip=True, strokeCap="round", strokeJoin="round").encode(
        _y("mean"), _as_is(alt.StrokeDash, "dash"), _as_is(alt.StrokeWidth, "width", "Q")
    )
    points = seeds.mark_point(filled=True, opacity=0.85, size=26, clip=True).encode(
        _y("value"), _as_is(alt.Shape, "shape"), tooltip="said:N"
    )
    return _filling(alt.LayerChart(layer=[bars, lines, points]))


def frontier_chart() -> dict[str, Any]:
    """Return entries as points: the data set `points` with `x`, `y`, `lower`, `upper`, `said`.

    What lies on the frontier (`frontier`) is filled and named where `named` says so.
    """
    base = alt.Chart(alt.NamedData("points")).encode(
        alt.X("x:Q", scale=alt.Scale(zero=False), axis=alt.Axis(grid=False))
    )
    bars = base.mark_rule(opacity=_GENTLE, strokeWidth=1.2).encode(
        _y("lower"), _as_is(alt.Color, "colour"), y2="upper:Q"
    )
    points = base.mark_point(size=90, strokeWidth=1.8, cursor="pointer").encode(
        _y("y"),
        _as_is(alt.Stroke, "colour"),
        _as_is(alt.Fill, "fill"),
        _as_is(alt.Shape, "shape"),
        tooltip="said:N",
    )
    names = base.mark_text(align="left", dx=9, dy=-7, color="currentColor", fontSize=11).encode(
        _y("y"), text="named:N"
    )
    return _filling(alt.LayerChart(layer=[bars, points, names]))


def _filling(chart: alt.LayerChart) -> dict[str, Any]:
    found: dict[str, Any] = chart.to_dict()
    del found["$schema"]  # an address, which nothing here may follow
    return found | {
        "width": "container",
        "height": _HEIGHT,
        "autosize": {"type": "fit", "contains": "padding"},
    }


def _as_is(channel: Any, field: str, kind: str = "N") -> Any:
    """Encode a field that already holds what is to be seen."""
    return channel(f"{field}:{kind}", scale=None, legend=None)


def _y(field: str) -> alt.Y:
    axis = alt.Axis(title=None, tickCount=6, domain=False, ticks=False, labelPadding=6)
    return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(zero=False, nice=False))
