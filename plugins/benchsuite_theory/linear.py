"""Loops of linear regression, with the same design in every generation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import (
    Context,
    Corpus,
    Device,
    Learner,
    Parameters,
    SampleRequest,
    Trained,
    TrainingFailed,
    TrainingJob,
)
from benchsuite_theory import files, replicates


class LinearParameters(replicates.Replicated):
    """Size of the design, and of the noise."""

    rows: int = Field(ge=1, description="rows of the design (T): the suite's budget")
    features: int = Field(default=5, ge=1, le=1000, description="features (d)")
    sigma: float = Field(default=1.0, gt=0, description="standard deviation of the noise")
    seed: int = 0


class Linear(Corpus[LinearParameters]):
    """y = x·w* + sigma · noise, with features N(0, I) and w* = (1, ..., 1)/√d.

    Each replicate has a design of its own. A row holds the features `x` and labels `y` of one
    observation of each, and `n`, its place in the design.
    """

    parameters_type = LinearParameters

    def fingerprint(self) -> str:
        """Return "": the parameters say it all."""
        return ""

    def rows(self, context: Context) -> pa.Table:
        """Draw the designs and their first labels."""
        wanted = self.parameters
        random = np.random.default_rng(wanted.seed)
        x = random.standard_normal((wanted.rows, wanted.replicates, wanted.features))
        y = x @ truth(wanted.features) + wanted.sigma * random.standard_normal(x.shape[:2])
        number = np.arange(wanted.rows, dtype=np.int32)
        return replicates.human({"x": replicates.column(x), "y": replicates.column(y), "n": number})


def truth(features: int) -> np.ndarray:
    """Return w*, of length 1."""
    return np.full(features, features**-0.5)


class LeastSquaresParameters(Parameters):
    """The noise of the labels that it writes."""

    sigma: float = Field(default=1.0, gt=0)


class LeastSquares(Learner[LeastSquaresParameters]):
    """Ordinary least squares of `y` on `x`. It labels the design's rows anew, with noise."""

    parameters_type = LeastSquaresParameters

    def train(self, job: TrainingJob, context: Context) -> Trained:
        """Fit each replicate."""
        rows = files.training_rows(job)
        x, y, number = observations(rows)
        if len(y) <= x.shape[2] + 1:
            raise TrainingFailed(f"{x.shape[2]} features take more than {x.shape[2] + 1} rows")
        _, first = np.unique(number, return_index=True)
        sigma = np.array([self.parameters.sigma])
        arrays = {"weights": fitted(x, y), "design": x[first], "sigma": sigma}
        return files.save(job, rows, arrays)

    def open(self, directory: Path, device: Device) -> LinearModel:
        """Read weights and design."""
        return LinearModel(files.load(directory))


def observations(rows: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features `[rows, replicates, d]`, labels `[rows, replicates]` and places `[rows]`."""
    y = replicates.values(rows, "y")
    x = replicates.values(rows, "x").reshape(*y.shape, -1)
    return x, y, np.asarray(rows["n"].to_numpy())


def fitted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the least-squares weights `[replicates, d]`, by QR (Golub 1965)."""
    q, r = np.linalg.qr(x.transpose(1, 0, 2))
    projected = q.transpose(0, 2, 1) @ y.T[:, :, None]
    return np.asarray(np.linalg.solve(r, projected)[:, :, 0])


class LinearModel(files.ExactModel):
    """Linear functions: `weights` `[replicates, d]`; `design` `[T, replicates, d]`."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        super().__init__(arrays)
        self.weights, self.design = arrays["weights"], arrays["design"]
        self.sigma = float(arrays["sigma"].item())

    def sample(self, request: SampleRequest, context: Context) -> pa.Table:
        """Label the design from its first row on, as often as is asked for."""
        noise = np.sqrt(files.temperature(request)) * self.sigma
        number = np.arange(request.amount, dtype=np.int32) % len(self.design)
        x = self.design[number]
        y = (x * self.weights).sum(2)
        y += noise * np.random.default_rng(context.seed).standard_normal(y.shape)
        content = {"x": replicates.column(x), "y": replicates.column(y), "n": number}
        return replicates.written(content, self.generation)
