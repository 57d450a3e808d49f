"""Components that ask a model behind an OpenAI-compatible API."""

from __future__ import annotations

from benchsuite.api import Component, hookimpl


@hookimpl
def benchsuite_components() -> list[Component]:
    """Name the components of this package."""
    return [
        Component(
            "generator",
            "endpoints/writer",
            "Rows written by a model behind an OpenAI-compatible API.",
            "benchsuite_endpoints.writer:Writer",
        ),
        Component(
            "grader",
            "endpoints/judge",
            "Scores given by a judge model behind an OpenAI-compatible API.",
            "benchsuite_endpoints.judge:Judge",
        ),
    ]
