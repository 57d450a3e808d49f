"""Rows of text as rows of token ids, and as the stream that a language model is trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from benchsuite.api import TrainingJob
    from benchsuite_learners.text_model import Tokenizer


def tokenized(rows: pa.Table, tokenizer: Tokenizer) -> pa.Table:
    """Add `token_ids` and `tokens`, their number with the row's closing boundary."""
    ids = tokenizer.encode(rows["text"].to_pylist())
    counts = np.array([len(row) + 1 for row in ids], np.int32)
    rows = rows.append_column("token_ids", pa.array(ids, pa.list_(pa.int32())))
    return rows.append_column("tokens", pa.array(counts))


def stream(rows: pa.Table, boundary: int) -> np.ndarray:
    """One run of token ids: a boundary, then each row's tokens with the boundary that ends it."""
    ids = rows["token_ids"].combine_chunks()
    flat, ends = ids.flatten().to_numpy(), ids.offsets.to_numpy() - ids.offsets[0].as_py()
    return np.concatenate([[boundary], np.insert(flat, ends[1:], boundary)]).astype(np.int32)


def write_stream(rows: pa.Table, boundary: int, path: Path, vocabulary: int) -> None:
    """Write what `stream` returns to a token file, a piece of the rows at a time."""
    from benchsuite.lm.windows import write_tokens

    pieces = (stream(pa.Table.from_batches([batch]), boundary) for batch in rows.to_batches())
    # Each piece opens with a boundary, and the one before has closed with it.
    whole = (piece if i == 0 else piece[1:] for i, piece in enumerate(pieces))
    write_tokens(whole, path, vocabulary)


def windows(job: TrainingJob, stream: np.ndarray, length: int, epochs: int) -> int | None:
    """Return how many windows of a stream are trained on in all, None for all in each epoch.

    They are as many as `epochs` over `job.effort` would be: in tokens exactly, in rows in
    proportion.
    """
    if job.effort == job.amount:
        return None
    if job.unit == "tokens":
        return epochs * (job.effort // length)
    return max(1, round(epochs * ((len(stream) - 1) // length) * job.effort / job.amount))
