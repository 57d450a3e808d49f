"""Loops of a normal distribution: its mean alone, or mean and variance."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

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
    TrainingJob,
)
from benchsuite_theory import files, replicates


class NormalParameters(replicates.Replicated):
    """The distribution, and how much of it there is."""

    rows: int = Field(ge=1, description="rows of one sample: the suite's budget")
    more: int = Field(
        default=0, ge=0, description="how many more samples, for new human rows every generation"
    )
    mean: float = 0.0
    sigma: float = Field(default=1.0, gt=0)
    seed: int = 0


class Normal(Corpus[NormalParameters]):
    """Draws of N(mean, sigma²): each row holds one of each replicate, `x`."""

    parameters_type = NormalParameters

    def fingerprint(self) -> str:
        """Return "": the parameters say it all."""
        return ""

    def rows(self, context: Context) -> pa.Table:
        """Draw `rows` (1 + `more`) rows."""
        wanted = self.parameters
        shape = (wanted.rows * (1 + wanted.more), wanted.replicates)
        draws = np.random.default_rng(wanted.seed).standard_normal(shape)
        return replicates.human({"x": replicates.column(wanted.mean + wanted.sigma * draws)})


class MeanParameters(Parameters):
    """What is known, and how human rows are weighted."""

    sigma: float = Field(default=1.0, gt=0)
    human_weight: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="weight of the mean of human rows beside that of synthetic ones; "
        "null weights all rows alike",
    )


class Mean(Learner[MeanParameters]):
    """The mean of `x`; sigma is known. It samples N(mean, temperature · sigma²)."""

    parameters_type = MeanParameters

    def train(self, job: TrainingJob, context: Context) -> Trained:
        """Average the rows, those of people and of models apart where they are weighted."""
        rows = files.training_rows(job)
        x, human = replicates.values(rows, "x"), replicates.generations(rows) < 0
        weight = self.parameters.human_weight
        if weight is None or human.all() or not human.any():
            mean = x.mean(0)
        else:
            mean = weight * x[human].mean(0) + (1 - weight) * x[~human].mean(0)
        variance = np.full(mean.shape, self.parameters.sigma**2)
        return files.save(job, rows, {"mean": mean, "variance": variance})

    def open(self, directory: Path, device: Device) -> NormalModel:
        """Read the means."""
        return NormalModel(files.load(directory))


class NormalFitParameters(Parameters):
    """Which estimate of the variance."""

    variance: Literal["likelihood", "unbiased"] = Field(
        default="likelihood", description="divide by n (maximum likelihood) or n - 1 (unbiased)"
    )


class NormalFit(Learner[NormalFitParameters]):
    """Mean and variance of `x`. It samples N(mean, temperature · variance)."""

    parameters_type = NormalFitParameters

    def train(self, job: TrainingJob, context: Context) -> Trained:
        """Fit each replicate."""
        rows = files.training_rows(job, least=2)
        x = replicates.values(rows, "x")
        fitted = x.var(0, ddof=int(self.parameters.variance == "unbiased"))
        return files.save(job, rows, {"mean": x.mean(0), "variance": fitted})

    def open(self, directory: Path, device: Device) -> NormalModel:
        """Read means and variances."""
        return NormalModel(files.load(directory))


class NormalModel(files.ExactModel):
    """Normal distributions: `centre` `[replicates, 1]`, `spread` `[replicates]`, a variance."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        super().__init__(arrays)
        self.centre, self.spread = arrays["mean"][:, None], arrays["variance"]

    def sample(self, request: SampleRequest, context: Context) -> pa.Table:
        """Draw rows. A density to the power 1 / temperature has temperature times its variance."""
        deviation = np.sqrt(files.temperature(request) * self.spread)
        draws = np.random.default_rng(context.seed).standard_normal(
            (request.amount, len(deviation))
        )
        x = self.centre[:, 0] + deviation * draws
        return replicates.written({"x": replicates.column(x)}, self.generation)
