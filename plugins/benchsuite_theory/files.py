"""Models as files: named arrays, in safetensors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from safetensors.numpy import load_file, save_file

from benchsuite.api import (
    Context,
    Model,
    SampleRequest,
    Scores,
    Trained,
    TrainingFailed,
    TrainingJob,
)
from benchsuite_theory.replicates import generation_after

_NAME = "model.safetensors"


def training_rows(job: TrainingJob, least: int = 1) -> pa.Table:
    """Return the rows to learn from. Raises `TrainingFailed` for too few or another unit."""
    if job.unit != "rows":
        raise TrainingFailed("it counts rows; write the suite's budget as {rows: ...}")
    rows = job.rows.slice(0, job.amount)
    if rows.num_rows < least:
        raise TrainingFailed(f"it needs {least} rows and has {rows.num_rows}; raise budget.rows")
    return rows


def save(job: TrainingJob, rows: pa.Table, arrays: dict[str, np.ndarray]) -> Trained:
    """Write a model's arrays and its generation; return what training cost."""
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    tensors["generation"] = np.array([generation_after(rows)])
    save_file(tensors, job.directory / _NAME)
    return Trained(tokens=rows.num_rows, flops=0)


def load(directory: Path) -> dict[str, np.ndarray]:
    """Read a model's arrays."""
    return dict(load_file(directory / _NAME))


class ExactModel(Model):
    """A fit of R loops. It has no tokens, so it scores nothing."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self.generation = int(arrays["generation"].item())

    def score(self, rows: pa.Table, context: Context) -> Scores:
        """Refuse."""
        raise NotImplementedError("rows of numbers have no tokens to score")

    def score_continuations(self, pairs: Sequence[tuple[str, str]], context: Context) -> np.ndarray:
        """Refuse."""
        raise NotImplementedError("rows of numbers have no continuations")


def temperature(request: SampleRequest) -> float:
    """Return the temperature of a request, the one knob of decoding that numbers have."""
    decoding = request.decoding
    if decoding.top_k is not None or decoding.top_p < 1:
        raise RuntimeError("it samples with a temperature alone, without top_k and top_p")
    return decoding.temperature
