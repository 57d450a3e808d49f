"""Graders: what scores rows before a model learns from them."""

from __future__ import annotations

from benchsuite.api import Component, hookimpl


@hookimpl
def benchsuite_components() -> list[Component]:
    """Name the graders of this package."""
    return [
        Component(
            "grader",
            "graders/self-likelihood",
            "The model's own log-likelihood of what it wrote.",
            "benchsuite_graders.self_likelihood:SelfLikelihood",
        ),
        Component(
            "grader",
            "graders/verifier",
            "An external verifier with given rates of true and false positives.",
            "benchsuite_graders.verifier:Verifier",
        ),
        Component(
            "grader",
            "graders/facts",
            "Share of a row's statements about a known world that are true.",
            "benchsuite_graders.facts:Facts",
        ),
    ]
