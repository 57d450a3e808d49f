"""Learners: what trains models on rows."""

from __future__ import annotations

from benchsuite.api import Component, hookimpl


@hookimpl
def benchsuite_components() -> list[Component]:
    """Name the learners of this package."""
    return [
        Component(
            "learner",
            "learners/llama",
            "A Llama-architecture causal language model, trained from scratch.",
            "benchsuite_learners.llama:Llama",
            packages=("torch", "tokenizers"),
        ),
        Component(
            "learner",
            "learners/transformers",
            "Any causal language model of transformers, trained on from a checkpoint.",
            "benchsuite_learners.transformers_learner:Transformers",
            packages=("torch", "transformers", "tokenizers", "safetensors"),
        ),
    ]
