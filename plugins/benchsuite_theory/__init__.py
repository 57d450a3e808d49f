"""Models whose loops have exact answers: they test the runner itself."""

from __future__ import annotations

from typing import Literal

from benchsuite.api import Component, hookimpl

_PACKAGES = ("numpy", "scipy")
_PARTS: list[tuple[Literal["corpus", "learner", "metric"], str, str, str]] = [
    ("corpus", "normal", "Draws of a normal distribution.", "normal:Normal"),
    ("corpus", "linear", "Labels of a linear function, with noise.", "linear:Linear"),
    ("corpus", "zipf", "Draws of types whose probability falls with rank.", "types:Zipf"),
    ("corpus", "two-types", "Draws of two types.", "types:TwoTypes"),
    ("learner", "mean", "The mean of rows; it samples around it.", "normal:Mean"),
    ("learner", "normal-fit", "Mean and variance of rows.", "normal:NormalFit"),
    ("learner", "least-squares", "Ordinary least squares.", "linear:LeastSquares"),
    ("learner", "frequencies", "How often each type occurs.", "types:Frequencies"),
    ("metric", "error", "Squared distance of the fit from the truth.", "error:Error"),
    ("metric", "spread", "Variance or diversity of the fit.", "spread:Spread"),
    ("metric", "survival", "Share of rare types still alive.", "survival:Survival"),
    ("metric", "share", "Share of the first type.", "share:ShareOfFirst"),
    ("metric", "linear-error", "Error of a linear fit.", "linear_error:LinearError"),
    ("metric", "mixture", "Rows by who wrote them.", "mixture:Mixture"),
]
"""Kind, name, summary and target of each component."""


@hookimpl
def benchsuite_components() -> list[Component]:
    """Name the corpora, learners and metrics of this package."""
    return [
        Component(kind, f"theory/{name}", summary, f"benchsuite_theory.{target}", "1", _PACKAGES)
        for kind, name, summary, target in _PARTS
    ]
