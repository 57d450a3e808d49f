"""How near samples come to human text in the space of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

import numpy as np
from pydantic import Field
from scipy.cluster.vq import kmeans2
from scipy.special import rel_entr

from benchsuite.api import Context, Device, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.checkpoint import fingerprint
from benchsuite_metrics.features import features
from benchsuite_metrics.reference import Reference, held_out, per_human
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    import pyarrow as pa

_SCALE = 5.0  # the constant c of the paper
_POINTS = 25
_VARIANCE = 0.9
_STARTS = 5


class MauveParameters(Reference):
    """Whose features, and how much text is compared."""

    model: str = Field(description="Checkpoint that reads the texts: a folder, or an id on a hub.")
    rows: int = Field(1_000, ge=2, description="Rows of samples, and of human text.")
    tokens: int = Field(256, ge=1, description="Tokens of a row that the model reads.")
    buckets: int | None = Field(
        None, ge=2, description="Clusters of features; null for a tenth of `rows`."
    )


class Mauve(Metric[MauveParameters]):
    """MAUVE: the area under the divergence frontier of samples and held-out human text.

    Each row is the state of its last token in the last layer of `model`; rows of both sides are
    scaled to length 1, projected on the principal components that hold 90 % of the variance and
    sorted into `buckets` by k-means (the best of 5 starts), which gives histograms P of human
    text and Q of samples. With R = w P + (1-w) Q the frontier has the points (exp(-5 KL(Q|R)),
    exp(-5 KL(P|R))) for 25 values of w in (0, 1), and (0, 1), (1, 0); the value is the area
    below it by trapezes, between 0 and 1 (Pillutla et al., NeurIPS 2021, arXiv:2102.01454, and
    JMLR 24 (2023), arXiv:2212.14578). Slices: `all`; `human`: the second as many human rows
    against the first, where there are so many: what no model can be expected to surpass. No
    value where there are fewer than `rows` rows that are not blank. Unit: area. n: rows. No
    interval: that of clusters is as large as that of rows.

    It needs thousands of rows of a hundred tokens or more, and moves by 0.01 with the seed of
    k-means alone: with short rows or few it says nothing. Values of one `model`, `rows` and
    `buckets` compare.
    """

    parameters_type = MauveParameters
    axis = "creativity"
    unit = "area"
    best = "higher"
    needs = frozenset({"samples"})
    context_slices = frozenset({"human"})

    def fingerprint(self) -> str:
        """Return a digest of the files of `model`."""
        return fingerprint(self.parameters.model)

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare samples, and other human rows, with human rows."""
        chosen = self.parameters
        human = _human(subject.human, chosen, context.device)
        samples = _features(subject.samples, chosen.rows, chosen, context.device)
        return [
            self._compared(human[: chosen.rows], samples, "all"),
            self._compared(human[: chosen.rows], human[chosen.rows :], "human"),
        ]

    def _compared(self, human: np.ndarray, other: np.ndarray, slice_: str) -> Measurement:
        rows = self.parameters.rows
        if min(len(human), len(other)) < rows:
            return Measurement(None, min(len(human), len(other)), slice_)
        buckets = self.parameters.buckets or max(2, rows // 10)
        return Measurement(
            frontier_area(*histograms(human, other, buckets, self.parameters.reference_seed)),
            rows,
            slice_,
        )


@per_human
def _human(human: HumanRows, chosen: MauveParameters, device: Device) -> np.ndarray:
    return _features(held_out(human, chosen.reference_seed), 2 * chosen.rows, chosen, device)


def _features(table: pa.Table, rows: int, chosen: MauveParameters, device: Device) -> np.ndarray:
    read = [text for text in texts(table) if text.strip()][:rows]
    return features(read, chosen.model, chosen.tokens, "last", device)


def histograms(
    first: np.ndarray, second: np.ndarray, buckets: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sort features `[rows, width]` of both into clusters; return each side's shares."""
    points = np.concatenate([first, second])
    points = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
    points = points - points.mean(axis=0)
    left, spread, _ = np.linalg.svd(points, full_matrices=False)
    held = np.cumsum(spread**2) >= _VARIANCE * np.sum(spread**2)
    kept = int(np.argmax(held)) + 1
    labels = _clusters(left[:, :kept] * spread[:kept], buckets, seed)
    sides = np.split(labels, [len(first)])
    shares = [np.bincount(side, minlength=buckets) / len(side) for side in sides]
    return shares[0], shares[1]


def _clusters(points: np.ndarray, buckets: int, seed: int) -> np.ndarray:
    """Return the label of each point in the best of several k-means."""
    random = np.random.default_rng(seed)
    best, least = np.zeros(len(points), np.int64), np.inf
    for _ in range(_STARTS):
        with catch_warnings():
            simplefilter("ignore", UserWarning)  # an empty cluster does no harm
            centres, labels = kmeans2(points, buckets, iter=50, minit="points", rng=random)
        error = float(np.sum((points - centres[labels]) ** 2))
        if error < least:
            best, least = labels, error
    return best


def frontier_area(p: np.ndarray, q: np.ndarray) -> float:
    """Return the area under the divergence frontier of two histograms."""
    weights = np.linspace(1e-6, 1 - 1e-6, _POINTS)[:, None]
    mixed = weights * p + (1 - weights) * q
    x = np.exp(-_SCALE * rel_entr(q, mixed).sum(axis=1))
    y = np.exp(-_SCALE * rel_entr(p, mixed).sum(axis=1))
    return -float(np.trapezoid(np.r_[0, y, 1], np.r_[1, x, 0]))  # x falls as w grows
