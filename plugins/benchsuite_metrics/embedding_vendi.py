"""How many rows samples amount to in the space of an encoder, against human text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from benchsuite.api import Context, Device, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.checkpoint import fingerprint
from benchsuite_metrics.features import features
from benchsuite_metrics.intervals import Estimate, against_human
from benchsuite_metrics.reference import Reference, held_out, per_human
from benchsuite_metrics.vendi_score import vendi_score
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    import pyarrow as pa


class EmbeddingVendiParameters(Reference):
    """Whose features, and how much text is compared."""

    model: str = Field(description="Encoder of the texts: a folder, or an id on a hub.")
    rows: int = Field(200, ge=2, description="Rows of samples, and of human text.")
    tokens: int = Field(256, ge=1, description="Tokens of a row that the encoder reads.")


class EmbeddingVendi(Metric[EmbeddingVendiParameters]):
    """Effective number of rows that differ in meaning, samples minus held-out human text.

    exp(-Σ λ log λ) over the eigenvalues λ of K / rows (Friedman & Dieng, TMLR 2023,
    arXiv:2210.02410), where K are the cosines of the rows' features: the mean over tokens of
    the last layer of `model`. Eigenvalues are those of the features' products of rows or of
    columns, whichever are fewer: the same but for zeros. Over the first `rows` rows that are
    not blank; no value where there are fewer. Slices: `gap` = samples - human, `samples`,
    `human`. Unit: rows. n: rows. No interval: it is no mean over rows.

    Zero is best: below it samples are more alike than what people write. It sees what `model`
    tells apart, and with short rows little. Values of one `model` and `rows` compare.
    """

    parameters_type = EmbeddingVendiParameters
    axis = "creativity"
    unit = "rows"
    best = "zero"
    needs = frozenset({"samples"})
    context_slices = frozenset({"samples", "human"})

    def fingerprint(self) -> str:
        """Return a digest of the files of `model`."""
        return fingerprint(self.parameters.model)

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare samples with as many held-out human rows."""
        samples = _vendi(subject.samples, self.parameters, context.device)
        return against_human(samples, _human(subject.human, self.parameters, context.device))


@per_human
def _human(human: HumanRows, chosen: EmbeddingVendiParameters, device: Device) -> Estimate:
    return _vendi(held_out(human, chosen.reference_seed), chosen, device)


def _vendi(table: pa.Table, chosen: EmbeddingVendiParameters, device: Device) -> Estimate:
    read = [text for text in texts(table) if text.strip()][: chosen.rows]
    if len(read) < chosen.rows:
        return Estimate(None, len(read))
    found = features(read, chosen.model, chosen.tokens, "mean", device)
    return Estimate(cosine_vendi(found), len(read))


def cosine_vendi(rows: np.ndarray) -> float:
    """Return the Vendi score of the cosines of rows `[rows, width]`."""
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    products = rows @ rows.T if len(rows) <= rows.shape[1] else rows.T @ rows
    return vendi_score(products, len(rows))
