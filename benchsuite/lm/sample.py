"""Sampling text from models, batches of rows at a time with a key-value cache."""

# mypy: disable-error-code="no-untyped-call,no-any-return"

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from benchsuite.lm.cache import Cache
from benchsuite.lm.choose import attempts, choose, uniforms
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.device import Device
from benchsuite.lm.model import LanguageModel, head
from benchsuite.lm.native.reading import reads
from benchsuite.lm.native.writing import NativeWriting, rows_at_once
from benchsuite.lm.threads import for_each
from benchsuite.lm.weights import Weights

_ROWS = {"cpu": 256, "cuda": 4096}
"""Rows a batch, of all members."""

_COMPACT_BELOW = 0.75
"""A batch drops its finished rows when fewer than this share are still being written."""

Prompts = Sequence[np.ndarray]


def sample(
    model: LanguageModel,
    prompts: Prompts,
    end: int,
    decoding: Decoding,
    seed: int,
    device: Device,
    first_row: int = 0,
    progress: Callable[[int], None] = lambda tokens: None,
) -> list[np.ndarray]:
    """Continue each prompt until `end` is drawn or the context is full.

    Prompts are token ids, the opening boundary included. Returns the continuations without
    prompts; a finished one ends with `end`. Row i draws with its own stream of random numbers,
    keyed by `seed` and `first_row + i`, so that its text does not depend on its neighbours.
    `progress` gets the tokens written since last.
    """
    (written,) = sample_all(model, [prompts], end, decoding, [seed], device, [first_row], progress)
    return written


def sample_all(
    models: LanguageModel,
    prompts: Sequence[Prompts],
    end: int,
    decoding: Decoding,
    seeds: Sequence[int],
    device: Device,
    first_rows: Sequence[int],
    progress: Callable[[int], None] = lambda tokens: None,
) -> list[list[np.ndarray]]:
    """Continue each member's prompts, all members at once: each writes as it would alone."""
    if reads(models.config, device):
        each = zip(prompts, seeds, first_rows, strict=True)
        return [
            _native(models.member(i), *one, end, decoding, device, progress)
            for i, one in enumerate(each)
        ]
    with torch.inference_mode():
        weights = models.parts()
        written = [[np.empty(0, np.int64)] * len(rows) for rows in prompts]
        a_thread = -(-max(map(len, prompts)) // device.threads)
        size = max(1, min(a_thread, _ROWS[device.kind] // models.members))

        def write(batch: _Batch) -> None:
            with torch.inference_mode():
                found = batch.write(models, weights, end, decoding, device, progress)
            for member, indices in enumerate(batch.indices):
                for place, index in enumerate(indices):
                    written[member][index] = found[member][place]

        batches = [
            _Batch.of(prompts, indices, seeds, first_rows, models.config.length, decoding)
            for indices in _of_one_length(prompts, size)
        ]
        for_each(batches, write, device)
    return written


def _native(
    model: LanguageModel,
    prompts: Prompts,
    seed: int,
    first_row: int,
    end: int,
    decoding: Decoding,
    device: Device,
    progress: Callable[[int], None],
) -> list[np.ndarray]:
    """Continue prompts by the kernels in C, a few rows at a time."""
    written = [np.empty(0, np.int64)] * len(prompts)
    writing, length = NativeWriting(model, end, decoding), model.config.length

    def write(indices: list[int]) -> None:
        start = len(prompts[indices[0]])
        drawn = [uniforms(seed, first_row + i, length, decoding) for i in indices]
        draws = np.stack(drawn)[:, : max(0, length - start + 1)]
        found = writing(np.stack([prompts[i] for i in indices]), draws, progress)
        for index, text in zip(indices, found, strict=True):
            written[index] = text

    a_thread = -(-len(prompts) // device.threads)
    size = max(1, min(a_thread, rows_at_once(model.config)))
    for_each([indices for (indices,) in _of_one_length([prompts], size)], write, device)
    return written


def _of_one_length(prompts: Sequence[Prompts], size: int) -> list[list[list[int]]]:
    """Cut prompts into batches of one length: for each batch, the indices of each member's."""
    batches = []
    for length in sorted({len(prompt) for rows in prompts for prompt in rows}):
        same = [[i for i, prompt in enumerate(rows) if len(prompt) == length] for rows in prompts]
        starts = range(0, max(map(len, same)), size)
        batches += [[indices[start : start + size] for indices in same] for start in starts]
    return batches


class _Batch:
    """Rows of all members that start equally long.

    A member with fewer rows than others has idle ones, which nobody reads.
    """

    def __init__(self, indices: list[list[int]], prompts: Tensor, draws: Tensor) -> None:
        self.indices, self._prompts, self._draws = indices, prompts, draws

    @classmethod
    def of(
        cls,
        prompts: Sequence[Prompts],
        indices: list[list[int]],
        seeds: Sequence[int],
        first_rows: Sequence[int],
        length: int,
        decoding: Decoding,
    ) -> _Batch:
        """Gather prompts `[members, rows, start]`, and numbers for the tokens that follow."""
        rows = max(map(len, indices))
        start = next(len(prompts[m][i]) for m, row in enumerate(indices) for i in row)
        tokens = np.zeros((len(prompts), rows, start), np.int64)
        draws = np.zeros((len(prompts), rows, length, attempts(decoding)), np.float32)
        for member, own in enumerate(indices):
            for place, index in enumerate(own):
                tokens[member, place] = prompts[member][index]
                row = first_rows[member] + index
                draws[member, place] = uniforms(seeds[member], row, length, decoding)
        return cls(indices, torch.from_numpy(tokens), torch.from_numpy(draws))

    def write(
        self,
        models: LanguageModel,
        weights: Weights,
        end: int,
        decoding: Decoding,
        device: Device,
        progress: Callable[[int], None],
    ) -> list[list[np.ndarray]]:
        """Write on until all rows have ended; returns each member's rows."""
        members, rows, start = self._prompts.shape
        room = max(0, models.config.length - start + 1)
        text = torch.full((members * rows, room), end, dtype=torch.int64)
        lengths = torch.full((members * rows,), room)
        writing = torch.tensor([i < len(own) for own in self.indices for i in range(rows)])
        active = torch.arange(members * rows).view(members, rows)
        tokens, draws = self._prompts.to(device.kind), self._draws.flatten(0, 1).to(device.kind)
        cache = Cache(models.config, members * rows, models.weights)
        for position in range(room):
            hidden = models.hidden(weights, tokens, cache)
            last = hidden.unflatten(1, tokens.shape[1:])[:, :, -1]
            scores = torch.bmm(last, head(weights).transpose(1, 2)).flatten(0, 1)
            chosen = choose(scores, draws[active.flatten(), position], decoding)
            tokens = chosen.view(members, -1, 1)
            on_host, at = chosen.cpu(), active.flatten()
            fresh = writing[at]
            text[at[fresh], position] = on_host[fresh]
            progress(int(fresh.sum()))
            ended = fresh & (on_host == end)
            lengths[at[ended]] = position + 1
            writing[at[ended]] = False
            left = int(writing.view(members, rows).sum(1).max())
            if left == 0:
                break
            if left < _COMPACT_BELOW * active.shape[1]:
                # Those still writing come first; a member with fewer keeps some that have ended.
                order = writing[active].int().argsort(dim=1, descending=True, stable=True)[:, :left]
                keep = order + active.shape[1] * torch.arange(members)[:, None]
                active = active.gather(1, order)
                tokens = tokens.gather(1, order[:, :, None].to(device.kind))
                cache.keep(keep.flatten().to(device.kind))
        found = [row[:n].numpy() for row, n in zip(text, lengths.tolist(), strict=True)]
        return [found[m * rows : (m + 1) * rows] for m in range(members)]
