"""Graders: what scores rows before a model learns from them."""

from __future__ import annotations

from benchsuite.api import Component, hookimpl


@hookimpl
def benchsuite_components() -> list[Component]:
    """Name the graders of this package."""
    return [
        Component(
            "grader",
            "graders/bias-balance",
            "Weights that bring the mentions of groups of people to given shares.",
            "benchsuite_graders.bias_balance:BiasBalance",
        ),
        Component(
            "grader",
            "graders/contamination",
            "Share of a row that stands in evaluation sets.",
            "benchsuite_graders.contamination:Contamination",
        ),
        Component(
            "grader",
            "graders/detector",
            "A classifier's probability that a row is human.",
            "benchsuite_graders.detector:Detector",
            packages=("scikit-learn",),
        ),
        Component(
            "grader",
            "graders/diversity",
            "A greedy order in which rows cover the set.",
            "benchsuite_graders.diversity:Diversity",
            packages=("scikit-learn",),
        ),
        Component(
            "grader",
            "graders/near-duplicates",
            "Whether a row is no near copy of an earlier one, or of a human one.",
            "benchsuite_graders.near_duplicates:NearDuplicates",
            packages=("datasketch",),
        ),
        Component(
            "grader",
            "graders/quality",
            "Share of the rules of published web filters that a row keeps.",
            "benchsuite_graders.quality:Quality",
        ),
        Component(
            "grader",
            "graders/reference-likelihood",
            "Another model's log-likelihood: a checkpoint's, or that of n-grams of human text.",
            "benchsuite_graders.reference_likelihood:ReferenceLikelihood",
            packages=("torch", "transformers", "tokenizers"),
        ),
        Component(
            "grader",
            "graders/self-judge",
            "The model's judgement of its own text, by prompts, a verdict or a rubric.",
            "benchsuite_graders.self_judge:SelfJudge",
        ),
        Component(
            "grader",
            "graders/self-likelihood",
            "The model's own log-likelihood of what it wrote.",
            "benchsuite_graders.self_likelihood:SelfLikelihood",
        ),
        Component(
            "grader",
            "graders/surprise",
            "How near a row's surprise is to a wanted place among the rows.",
            "benchsuite_graders.surprise:Surprise",
            packages=("torch", "transformers", "tokenizers"),
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
