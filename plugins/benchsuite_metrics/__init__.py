"""Measurements of models and what they write, one metric a file."""

from __future__ import annotations

from benchsuite.api import Component, hookimpl

_READING = ("torch", "transformers", "tokenizers")  # what decides a model's features


def _metric(name: str, summary: str, attribute: str, packages: tuple[str, ...] = ()) -> Component:
    module = name.replace("-", "_")
    target = f"benchsuite_metrics.{module}:{attribute}"
    return Component("metric", f"metrics/{name}", summary, target, packages=packages)


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
        _metric("vocabulary", "Different words in samples, against human text.", "Vocabulary"),
        _metric("entropy", "Entropy of words in samples, against human text.", "Entropy"),
        _metric("distinct", "Different word runs in samples, against human text.", "Distinct"),
        _metric(
            "adjusted-distinct",
            "Different words beside what chance would give, against human text.",
            "AdjustedDistinct",
        ),
        _metric(
            "ngram-diversity",
            "Different runs of one to four words, against human text.",
            "NgramDiversity",
        ),
        _metric(
            "compression-ratio", "How far samples compress, against human text.", "CompressionRatio"
        ),
        _metric(
            "self-repetition",
            "Runs of words that rows share, against human text.",
            "SelfRepetition",
        ),
        _metric(
            "self-bleu", "How much of a row the others say too, against human text.", "SelfBleu"
        ),
        _metric(
            "vendi-score", "Effective number of different rows, against human text.", "VendiScore"
        ),
        _metric(
            "embedding-vendi",
            "Effective number of rows in an encoder's space, against human text.",
            "EmbeddingVendi",
            _READING,
        ),
        _metric(
            "mauve", "How near samples come to human text in a model's space.", "Mauve", _READING
        ),
        _metric(
            "distinct-of-ten", "Different rows among ten, against human text.", "DistinctOfTen"
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
        _metric(
            "programme-correctness",
            "Share of samples that state something in a grammar, and state the truth.",
            "ProgrammeCorrectness",
        ),
        _metric(
            "wikidata-cloze",
            "Facts of Wikidata likelier than others of their kind.",
            "WikidataCloze",
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
        _metric("domain-loss", "Loss on held-out human text by domain.", "DomainLoss"),
        _metric(
            "frequency-loss",
            "Loss on held-out tokens by how often people use them.",
            "FrequencyLoss",
        ),
        _metric("provenance-loss", "Loss on human and on synthetic text, apart.", "ProvenanceLoss"),
        _metric("blimp", "Grammatical against ungrammatical sentences.", "Blimp"),
        _metric("lambada", "Loss on last words that take a whole passage to guess.", "Lambada"),
        _metric(
            "crows-pairs", "How often stereotyping sentences are the likelier ones.", "CrowsPairs"
        ),
        _metric("stereoset-ss", "How often stereotypes are likelier.", "StereoSetSS"),
        _metric("stereoset-lms", "How often meaning is likelier than nonsense.", "StereoSetLMS"),
        _metric("stereoset-icat", "StereoSet's score of both.", "StereoSetICAT"),
        _metric("winobias", "How often pronouns that fit the stereotype are likelier.", "WinoBias"),
        _metric(
            "mention-shares", "How often groups are spoken of, against human text.", "MentionShares"
        ),
        _metric(
            "mention-divergence",
            "Divergence of the groups spoken of from human text's.",
            "MentionDivergence",
        ),
        _metric("minority-survival", "Words for minority groups still in use.", "MinoritySurvival"),
        _metric(
            "bias-amplification",
            "How far samples tie gender to occupations beyond human text.",
            "BiasAmplification",
        ),
        _metric("group-loss-gap", "Loss on text about women minus men.", "GroupLossGap"),
        _metric(
            "grader-auc", "How well a regime's graders tell good rows from others.", "GraderAuc"
        ),
        _metric("grader-rates", "What good rows and others pass a regime's rules.", "GraderRates"),
        _metric(
            "grader-calibration", "How far graders' probabilities are off.", "GraderCalibration"
        ),
        _metric(
            "grader-self-preference",
            "Whether graders prefer their own model's text.",
            "GraderSelfPreference",
        ),
        _metric("tokens", "Tokens trained on, written and read in grading.", "Tokens"),
        _metric("flops", "Floating-point operations, by formula.", "Flops"),
        _metric("seconds", "Time of the steps behind a model.", "Seconds"),
        _metric("energy", "Energy of the steps behind a model.", "Energy"),
        _metric("money", "Price of the steps behind a model, at your rates.", "Money"),
        _metric("flops-to-reach", "Operations that it took to reach a given loss.", "FlopsToReach"),
        _metric("price", "Price of a model's operations and human text, at your rates.", "Price"),
        _metric("money-to-reach", "Price of a model that reaches a given loss.", "MoneyToReach"),
        _metric("peak-memory", "Largest resident memory of a step.", "PeakMemory"),
    ]
