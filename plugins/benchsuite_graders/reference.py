"""Other models that rows are read with: a checkpoint, or n-grams of human training rows."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from benchsuite_worlds.kneser_ney import KneserNey
from pydantic import Field

from benchsuite.api import (
    Context,
    HumanRows,
    Learner,
    Model,
    Parameters,
    UserError,
    make_part,
    part_document,
    part_identity,
)

NGRAM = "ngram"
_LEARNER = "learners/transformers"


class ReferenceParameters(Parameters):
    """Which model reads the rows."""

    model: str = Field(
        NGRAM,
        min_length=1,
        description="A causal language model of transformers: a local folder with config.json, "
        f"tokenizer and *.safetensors, or an id on the hub. `{NGRAM}`: n-grams of the human "
        "training rows' tokens.",
    )
    order: int = Field(5, ge=1, le=8, description=f"Of `{NGRAM}`: tokens in an n-gram.")
    length: int = Field(256, ge=2, description="Of a checkpoint: tokens of its context.")
    per: Literal["token", "row"] = Field(
        "token", description="Mean log-likelihood of the row's tokens, or that of the whole row."
    )


def fingerprint(wanted: ReferenceParameters, grader: str) -> str:
    """Return what fixes the checkpoint and how it is read; "" for n-grams. Raises `UserError`."""
    if wanted.model == NGRAM:
        return ""
    try:
        parts = [part_identity("learner", _document(wanted)), _learner(wanted).fingerprint()]
    except UserError as failure:
        raise _cannot(grader, failure) from failure
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def log_likelihoods(
    rows: pa.Table,
    model: Model,
    human: HumanRows,
    wanted: ReferenceParameters,
    grader: str,
    context: Context,
) -> np.ndarray:
    """Return the log-likelihood (nats) of each row, its end included, `[rows]`.

    A checkpoint reads its own tokens, n-grams those of `model`. Operations are told: those of
    the checkpoint, and none for n-grams, which are looked up. Raises `UserError` for a
    checkpoint that cannot be opened.
    """
    if wanted.model == NGRAM:
        totals, lengths = _by_ngrams(rows, model, human, wanted.order)
        context.spend(0)
    else:
        try:
            reference = _learner(wanted).open_base(context.device)
        except UserError as failure:
            raise _cannot(grader, failure) from failure
        scores = reference.score(rows, context)
        totals, lengths = scores.totals, scores.lengths
        context.spend(reference.flops(int(lengths.sum())))
    return totals / lengths if wanted.per == "token" else totals


def _by_ngrams(
    rows: pa.Table, model: Model, human: HumanRows, order: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return log p of each row by n-grams of human training rows, and its tokens with the end."""
    ids, lengths = model.tokens(rows)
    found = KneserNey.fit(*model.tokens(human.train), order).log_probabilities(ids, lengths)
    sizes = np.asarray(lengths) + 1
    return np.add.reduceat(found, np.cumsum(sizes) - sizes) if len(sizes) else found, sizes


def _document(wanted: ReferenceParameters) -> dict[str, Any]:
    try:
        return part_document(
            "learner", {"name": _LEARNER, "base": wanted.model, "length": wanted.length}
        )
    except ValueError as failure:
        raise UserError(str(failure)) from failure


def _learner(wanted: ReferenceParameters) -> Learner[Any]:
    made = make_part("learner", _document(wanted))
    assert isinstance(made, Learner), "part_document finds learners alone"
    return made


def _cannot(grader: str, failure: UserError) -> UserError:
    return UserError(f"{grader} cannot read rows with its model: {failure}")
