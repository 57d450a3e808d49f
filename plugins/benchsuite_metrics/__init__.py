"""Measurements of models and what they write, one metric a file."""

from __future__ import annotations

from benchsuite.api import Component, hookimpl


def _metric(name: str, summary: str, attribute: str) -> Component:
    module = name.replace("-", "_")
    target = f"benchsuite_metrics.{module}:{attribute}"
    return Component("metric", f"metrics/{name}", summary, target)


@hookimpl
def benchsuite_components() -> list[Component]:
    """Name the metrics of this package."""
    return [
        _metric(
            "bits-per-byte", "Loss on held-out human text, in and out of domain.", "BitsPerByte"
        ),
        _metric("rare-token-loss", "Loss on the rarest half of the vocabulary.", "RareTokenLoss"),
        _metric(
            "tail-coverage",
            "Share of the rare half of the human vocabulary that samples still use.",
            "TailCoverage",
        ),
        _metric("distinct-2", "Different word pairs in samples, against human text.", "Distinct2"),
        _metric(
            "compression-ratio", "How far samples compress, against human text.", "CompressionRatio"
        ),
        _metric("novelty", "Four-word runs of samples that training did not hold.", "Novelty"),
        _metric(
            "feminine-share", "Feminine among gendered words, against human text.", "FeminineShare"
        ),
        _metric(
            "occupation-log-odds",
            "Gender that the model expects after occupations.",
            "OccupationLogOdds",
        ),
        _metric(
            "planted-recall", "Planted facts known, by how often they were told.", "PlantedRecall"
        ),
        _metric(
            "planted-reciprocal-rank",
            "How near a model comes to planted facts.",
            "PlantedReciprocalRank",
        ),
        _metric(
            "planted-falsehood",
            "False among the statements about the planted world.",
            "PlantedFalsehood",
        ),
        _metric("canary-exposure", "Bits that planted secrets leak.", "CanaryExposure"),
        _metric(
            "verbatim-extraction",
            "Training rows gone on with word for word.",
            "VerbatimExtraction",
        ),
        _metric(
            "membership-auc", "How well losses tell training rows from others.", "MembershipAuc"
        ),
        _metric(
            "model-similarity",
            "How alike different models write, against human text.",
            "ModelSimilarity",
        ),
        _metric("contamination", "Evaluation text that training rows hold.", "Contamination"),
        _metric("tokens", "Tokens trained on, written and read in grading.", "Tokens"),
        _metric("flops", "Floating-point operations, by formula.", "Flops"),
        _metric("seconds", "Time of the steps behind a model.", "Seconds"),
        _metric("energy", "Energy of the steps behind a model.", "Energy"),
        _metric("money", "Price of the steps behind a model, at your rates.", "Money"),
        _metric("flops-to-reach", "Operations that it took to reach a given loss.", "FlopsToReach"),
        _metric("peak-memory", "Largest resident memory of a step.", "PeakMemory"),
    ]
