"""lm-eval's tasks as metrics, served by the model that a learner trained."""

from __future__ import annotations

from benchsuite.api import Component, hookimpl

_PACKAGES = ("lm_eval", "datasets", "jinja2")


@hookimpl
def benchsuite_components() -> list[Component]:
    """Name the metrics of this package."""
    return [
        Component(
            "metric",
            "harness/lm-eval",
            "Scores on tasks of lm-eval, where higher is better.",
            "benchsuite_lm_eval.metrics:LmEval",
            packages=_PACKAGES,
        ),
        Component(
            "metric",
            "harness/lm-eval-losses",
            "Losses on tasks of lm-eval, where lower is better.",
            "benchsuite_lm_eval.metrics:LmEvalLosses",
            packages=_PACKAGES,
        ),
    ]
