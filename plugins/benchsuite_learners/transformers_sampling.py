"""Sampling from a network of transformers: its `generate`, with tokens drawn as the core does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList

from benchsuite.api import Decoding
from benchsuite.lm.choose import choose, uniforms
from benchsuite_learners.transformers_checkpoint import quiet


def sample(
    network: Any,
    starts: Sequence[np.ndarray],
    boundary: int,
    length: int,
    decoding: Decoding,
    seed: int,
    first_row: int,
    batch: int,
    kind: str,
) -> list[np.ndarray]:
    """Continue each start (token ids) until `boundary` is drawn or `length` tokens were read.

    Returns what follows each start; a finished one ends with `boundary`. As in
    `benchsuite.lm.sample`, row i draws with its own stream of random numbers, keyed by `seed`
    and `first_row + i`. At most `batch` starts are continued together, all of one length, so
    that nothing is padded, which not every network bears on the left.
    """
    written = [np.empty(0, np.int64)] * len(starts)
    with torch.inference_mode(), quiet():
        for rows in _of_one_length(starts, length, batch):
            inputs = torch.from_numpy(np.stack([starts[i] for i in rows]).astype(np.int64)).to(kind)
            size = inputs.shape[1]
            draws = np.stack([uniforms(seed, first_row + i, length, decoding) for i in rows])
            drawing = _Drawing(torch.from_numpy(draws).to(kind), size, decoding)
            found = network.generate(
                inputs,
                attention_mask=torch.ones_like(inputs),
                generation_config=_settings(boundary, length - size + 1),
                logits_processor=LogitsProcessorList([drawing]),
            )
            for i, row in zip(rows, found[:, size:].cpu().numpy(), strict=True):
                written[i] = _until(row, boundary)
    return written


class _Drawing(LogitsProcessor):  # type: ignore[misc]
    """Draws each row's next token and leaves `generate` no other to take."""

    def __init__(self, draws: Tensor, start: int, decoding: Decoding) -> None:
        self._draws, self._start, self._decoding = draws, start, decoding

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        position = input_ids.shape[1] - self._start
        chosen = choose(scores.float(), self._draws[:, position], self._decoding)
        return torch.full_like(scores, -torch.inf).scatter_(1, chosen[:, None], 0.0)


def _of_one_length(starts: Sequence[np.ndarray], longest: int, batch: int) -> Iterator[list[int]]:
    """Yield the places of starts that go together; those longer than `longest` go nowhere."""
    for length in sorted({len(start) for start in starts}):
        if length <= longest:
            same = [i for i, start in enumerate(starts) if len(start) == length]
            yield from (same[at : at + batch] for at in range(0, len(same), batch))


def _settings(boundary: int, room: int) -> GenerationConfig:
    """Take the likeliest token, and follow nothing that a checkpoint would like besides."""
    return GenerationConfig(
        do_sample=False, eos_token_id=boundary, pad_token_id=boundary, max_new_tokens=room
    )


def _until(row: np.ndarray, boundary: int) -> np.ndarray:
    """Cut a row after its first boundary; what stands behind is padding."""
    (ends,) = np.nonzero(row == boundary)
    return row[: ends[0] + 1] if len(ends) else row
