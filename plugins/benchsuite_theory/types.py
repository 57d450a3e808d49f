"""Loops of a discrete distribution: rows are types, models their frequencies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


class _TypesParameters(Parameters):
    """How much there is. One replicate gives rows of single types, which graders can tell apart."""

    replicates: int = Field(default=1000, ge=1, le=100_000)
    rows: int = Field(ge=1, description="rows of one sample: the suite's budget")
    more: int = Field(
        default=0, ge=0, description="how many more samples, for new human rows every generation"
    )
    seed: int = 0


class ZipfParameters(_TypesParameters):
    """Zipf's law."""

    types: int = Field(default=50, ge=2, le=30_000)
    exponent: float = Field(default=1.0, ge=0)


class TwoTypesParameters(_TypesParameters):
    """Two types."""

    share: float = Field(default=0.3, gt=0, lt=1, description="probability of the first type")


class Zipf(Corpus[ZipfParameters]):
    """Types 0, 1, ... with probability in proportion to (type + 1)^-exponent: the column `type`."""

    parameters_type = ZipfParameters

    def fingerprint(self) -> str:
        """Return "": the parameters say it all."""
        return ""

    def rows(self, context: Context) -> pa.Table:
        """Draw `rows` (1 + `more`) rows."""
        return _rows(zipf(self.parameters.types, self.parameters.exponent), self.parameters)


class TwoTypes(Corpus[TwoTypesParameters]):
    """Type 0 with probability `share`, else type 1: the column `type`."""

    parameters_type = TwoTypesParameters

    def fingerprint(self) -> str:
        """Return "": the parameters say it all."""
        return ""

    def rows(self, context: Context) -> pa.Table:
        """Draw `rows` (1 + `more`) rows."""
        share = self.parameters.share
        return _rows(np.array([share, 1 - share]), self.parameters)


def zipf(types: int, exponent: float) -> np.ndarray:
    """Return the probabilities of Zipf's law, `[types]`."""
    weights = np.arange(1, types + 1, dtype=float) ** -exponent
    return np.asarray(weights / weights.sum())


def _rows(probabilities: np.ndarray, wanted: _TypesParameters) -> pa.Table:
    count = wanted.rows * (1 + wanted.more)
    uniform = np.random.default_rng(wanted.seed).random((count, wanted.replicates))
    return replicates.human(_content(_drawn(probabilities, uniform)))


def _content(types: np.ndarray) -> dict[str, Any]:
    """Return columns for types `[rows, replicates]`; `first` tells graders of single ones."""
    # The number makes rows of equal types rows of their own, and not each other's duplicates.
    content = {"type": replicates.column(types), "n": np.arange(len(types), dtype=np.int32)}
    return {**content, "first": types[:, 0] == 0} if types.shape[1] == 1 else content


def _drawn(probabilities: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    ends = np.cumsum(probabilities)[:-1]
    return np.asarray(np.searchsorted(ends, uniform, side="right"), np.int16)


class FrequenciesParameters(Parameters):
    """How many types there may be."""

    types: int = Field(default=2, ge=2, le=30_000)


class Frequencies(Learner[FrequenciesParameters]):
    """How often each type occurs, without smoothing. It samples p^(1/temperature), normalised."""

    parameters_type = FrequenciesParameters

    def train(self, job: TrainingJob, context: Context) -> Trained:
        """Count the types of each replicate."""
        rows, types = files.training_rows(job), self.parameters.types
        drawn = replicates.values(rows, "type").astype(int)
        if drawn.max() >= types:
            raise TrainingFailed(f"a row is of type {drawn.max()}; raise learner.types")
        loops = drawn.shape[1]
        flat = (drawn + types * np.arange(loops)).ravel()
        counts = np.bincount(flat, minlength=types * loops).reshape(loops, types)
        return files.save(job, rows, {"counts": counts})

    def open(self, directory: Path, device: Device) -> TypesModel:
        """Read the counts."""
        return TypesModel(files.load(directory))


class TypesModel(files.ExactModel):
    """Frequencies: `centre` `[replicates, types]`; `spread` `[replicates]` is 1 - Σp²."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        super().__init__(arrays)
        self.counts = arrays["counts"]
        self.centre = self.counts / self.counts.sum(1, keepdims=True)
        self.spread = 1 - (self.centre**2).sum(1)

    def sample(self, request: SampleRequest, context: Context) -> pa.Table:
        """Draw rows, each replicate from its own frequencies."""
        sharp = sharpened(self.centre, files.temperature(request))
        random = np.random.default_rng(context.seed)
        drawn = np.empty((request.amount, len(sharp)), np.int16)
        for loop, probabilities in enumerate(sharp):
            drawn[:, loop] = _drawn(probabilities, random.random(request.amount))
        return replicates.written(_content(drawn), self.generation)


def sharpened(frequencies: np.ndarray, temperature: float) -> np.ndarray:
    """Return frequencies `[..., types]` to the power 1 / temperature, normalised.

    Temperature 0 leaves the most frequent type alone, the first of equals.
    """
    if temperature == 0:
        return np.asarray(np.eye(frequencies.shape[-1])[frequencies.argmax(-1)])
    powered = (frequencies / frequencies.max(-1, keepdims=True)) ** (1 / temperature)
    return np.asarray(powered / powered.sum(-1, keepdims=True))
