"""Human-made rows: from this Python installation, local files, a URL, a hub."""

from __future__ import annotations

from benchsuite.api import Component, hookimpl


@hookimpl
def benchsuite_components() -> list[Component]:
    """Name the corpora of this package."""
    return [
        Component(
            "corpus",
            "corpora/pydocs",
            "Documentation that every Python installation carries.",
            "benchsuite_corpora.pydocs:PyDocs",
        ),
        Component(
            "corpus",
            "corpora/files",
            "Local text, JSONL or Parquet: a file or a folder.",
            "benchsuite_corpora.files:Files",
        ),
        Component(
            "corpus",
            "corpora/planted",
            "Another corpus with invented facts and canaries among its training rows.",
            "benchsuite_corpora.planted:Planted",
        ),
        Component(
            "corpus",
            "corpora/programme",
            "Rows of a grammar whose truth is known: arithmetic, logic or biographies.",
            "benchsuite_corpora.programme:Programme",
        ),
        Component(
            "corpus",
            "corpora/fetched",
            "One published file by URL and SHA-256, from the data root or fetched once.",
            "benchsuite_corpora.fetched:Fetched",
        ),
        Component(
            "corpus",
            "corpora/several",
            "Several corpora as one, each with its domain; some only test.",
            "benchsuite_corpora.several:Several",
        ),
        Component(
            "corpus",
            "corpora/huggingface",
            "A Hugging Face dataset by id and revision.",
            "benchsuite_corpora.huggingface:HuggingFace",
            packages=("datasets",),
        ),
    ]
