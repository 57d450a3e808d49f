"""Generators: what makes synthetic rows."""

from __future__ import annotations

from benchsuite.api import Component, hookimpl


@hookimpl
def benchsuite_components() -> list[Component]:
    """Name the generators of this package."""
    return [
        Component(
            "generator",
            "generators/self",
            "Samples of the current model, prompted where the regime says so.",
            "benchsuite_generators.self_samples:SelfSamples",
        ),
        Component(
            "generator",
            "generators/programme",
            "Rows of a grammar whose truth is known: arithmetic, logic or biographies.",
            "benchsuite_generators.programme:Programme",
        ),
        Component(
            "generator",
            "generators/ngram",
            "Rows of a Kneser-Ney n-gram model of human rows.",
            "benchsuite_generators.ngram:Ngram",
            packages=("numpy", "torch"),
        ),
        Component(
            "generator",
            "generators/file",
            "Rows of a JSONL, CSV or Parquet file that was made elsewhere.",
            "benchsuite_generators.file:File",
        ),
        Component(
            "generator",
            "generators/hub",
            "Rows of a Hugging Face dataset by id and revision, streamed.",
            "benchsuite_generators.hub:Hub",
            packages=("datasets",),
        ),
        Component(
            "generator",
            "generators/rephrase",
            "Human rows rewritten in a stated style, by the current model or another.",
            "benchsuite_generators.rephrase:Rephrase",
        ),
        Component(
            "generator",
            "generators/edit",
            "Human rows in which the current model draws the tokens it is sure of anew.",
            "benchsuite_generators.edit:Edit",
        ),
        Component(
            "generator",
            "generators/tailored",
            "Rows of a slice that the current model seldom writes: rare words, or a domain.",
            "benchsuite_generators.tailored:Tailored",
        ),
    ]
