"""How likely another model finds rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benchsuite.api import Context, Grader, HumanRows, Model
from benchsuite_graders.reference import ReferenceParameters, fingerprint, log_likelihoods

_NAME = "graders/reference-likelihood"


class ReferenceLikelihood(Grader[ReferenceParameters]):
    """Log-likelihood (nats) of a row, its end included, under a model that did not write it.

    By default the mean a token, which ranks rows whatever their length; the sum with `per: row`.
    The model is a checkpoint of transformers, which reads its own tokens, or `ngram`: interpolated
    modified Kneser-Ney (Chen & Goodman 1999) of the tokens of human training rows, in the
    vocabulary of the regime's learner. To keep what a good model finds likely is the perplexity
    filter of CCNet (Wenzek et al. 2020, arXiv:1911.00359), there with 5-grams of Wikipedia.

    It says something at every scale where the model is better than the one that writes. Against
    `self-likelihood` it tells whether a judge's independence matters. Traps: like all likelihood it
    prefers the common to the rare, short words, repetition and copies: rows that repeat human
    training rows stand first with `ngram`. What is likely need not be true. Means a token of
    unlike tokenizers are not comparable.
    """

    parameters_type = ReferenceParameters
    reads_model = False

    def fingerprint(self) -> str:
        """Return what fixes the model that reads, where it is a checkpoint."""
        return fingerprint(self.parameters, _NAME)

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return the log-likelihood of each row, higher for text the other model expects."""
        return log_likelihoods(rows, model, human, self.parameters, _NAME, context)
