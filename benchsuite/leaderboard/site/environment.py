"""What pages are made with: the look of the run's report, and a style sheet of its own beside."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment

import benchsuite
from benchsuite.leaderboard.site.table import POINTS, cell, rank
from benchsuite.plugins.kinds import Cost
from benchsuite.records.report.curves import DIRECTIONS
from benchsuite.records.report.page import page_environment

_HERE = Path(__file__).parent


def site_environment() -> Environment:
    """Return the templates of the site; whatever they print is escaped and inert."""
    environment = page_environment(_HERE / "templates")
    environment.globals |= {
        "benchsuite_version": benchsuite.__version__,
        "cell": cell,
        "directions": DIRECTIONS,
        "no_cost": Cost(),
        "points_scale": POINTS,
        "rank": rank,
    }
    return environment


def style() -> str:
    """Return the style sheet of the site: the report's, then what boards need beside."""
    own = (_HERE / "assets" / "site.css").read_text("utf-8")
    return str(page_environment(_HERE / "templates").globals["style"]) + own
