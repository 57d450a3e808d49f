"""Data as scripts: a page that was opened from disk may load these, and nothing else."""

from __future__ import annotations

import json
from typing import Any

from benchsuite.leaderboard.site.charts import curve_chart, frontier_chart
from benchsuite.leaderboard.site.series import Series, series
from benchsuite.leaderboard.site.shown import Measurement, Shown
from benchsuite.leaderboard.standing import Estimate, Place
from benchsuite.records.report.charts import CONFIG
from benchsuite.records.report.numbers import inert
from benchsuite.stats.paired import t_quantiles


def script(key: str, value: Any) -> str:
    """Return a script that gives a value by its key.

    It is ASCII without `<`, so that no text within can end the script, whoever reads it.
    """
    text = json.dumps([key, value], sort_keys=True, allow_nan=False, separators=(",", ":"))
    return f"benchsuite.give(...{text.replace('<', chr(92) + 'u003c')});\n"


def board_script(shown: Shown) -> str:
    """Return what the scripts of a board's pages work with."""
    document, measurements = shown.board.document, shown.measurements
    anchors = {"control": document.control, "blind": document.blind}
    value = {
        "anchors": [
            {
                "key": f"={role}",
                "label": f"{name} ({role})",
                "series": _series(series(shown.board.baselines, name, shown)),
            }
            for role, name in anchors.items()
        ],
        "axes": shown.standing.axes,
        "charts": {"config": CONFIG, "curve": curve_chart(), "frontier": frontier_chart()},
        "entries": [_entry(place, shown) for place in shown.places],
        "generations": shown.generations,
        "measurements": [_measurement(one) for one in measurements],
        "quantiles": {
            "each": t_quantiles(len(shown.seeds)),
            # Bonferroni: all rows of a comparison, the aggregate's too, hold together.
            "together": t_quantiles(len(shown.seeds), comparisons=len(measurements) + 1),
        },
    }
    return script("board", value)


def entry_script(place: Place, points: Series) -> str:
    """Return what the scripts draw and compare of an entry."""
    by_seed = {str(seed): value for seed, value in place.by_seed.items()}
    return script(place.entry, {"score": by_seed, "series": _series(points)})


def _entry(place: Place, shown: Shown) -> dict[str, Any]:
    return {
        "name": place.entry,
        "title": inert(shown.entries[place.entry].document.title),
        "rank": place.rank,
        "frontier": place.pareto,
        "score": _estimate(place.score),
        "axes": {axis: _estimate(estimate) for axis, estimate in place.axes.items()},
        "cost": _estimate(place.cost),
    }


def _estimate(estimate: Estimate) -> list[float | None]:
    return [estimate.value, estimate.lower, estimate.upper]


def _measurement(one: Measurement) -> dict[str, Any]:
    return {
        "title": inert(one.title),
        "unit": one.scale.unit,
        "best": one.metric.best,
        "direction": one.direction,
        "page": one.page,
        "factor": one.scale.factor,
        "decimals": one.scale.decimals,
    }


def _series(points: Series) -> list[list[dict[str, Any]]]:
    return [
        [
            {
                "generation": point.generation,
                "mean": point.mean,
                "lower": point.lower,
                "upper": point.upper,
                "seeds": {str(seed): value for seed, value in point.seeds.items()},
            }
            for point in each
        ]
        for each in points
    ]
