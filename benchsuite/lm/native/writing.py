"""Text from models, by the kernels in C (write.c)."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
import torch

from benchsuite.lm.choose import attempts
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.native.library import library
from benchsuite.lm.native.model import PackedSingle, check_tokens

_CACHE = 8 << 20
"""Bytes of keys and values that rows which are written at once may take: what a core's cache holds
of them need not come from memory. Of 4 to 64 MiB, 8 wrote text fastest (width 128, 4 layers)."""

_ROWS = (8, 64)
"""At least, and at most: the kernels multiply eight rows at once."""


class _Decoding(ctypes.Structure):
    """`struct decoding`."""

    _fields_ = (
        ("temperature", ctypes.c_float),
        ("top_p", ctypes.c_float),
        ("top_k", ctypes.c_int64),
        ("attempts", ctypes.c_int64),
    )


class _Batch(ctypes.Structure):
    """`struct batch`."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in ("rows", "start", "room", "end", "left")),
        *(
            (name, ctypes.c_void_p)
            for name in ("active", "text", "lengths", "prompts", "draws", "cache")
        ),
        ("decoding", _Decoding),
    )


class NativeWriting:
    """Writes rows with one model as it is now. Threads may share it."""

    def __init__(self, model: LanguageModel, end: int, decoding: Decoding) -> None:
        found = library()
        assert found is not None
        self._library, self._config, self._end = found, model.config, end
        self._packed = PackedSingle(found, model.config, model.weights[0])
        top_k = decoding.top_k or 0
        numbers = attempts(decoding)
        self._decoding = _Decoding(decoding.temperature, decoding.top_p, top_k, numbers)

    def __call__(
        self, prompts: np.ndarray, draws: np.ndarray, progress: Callable[[int], None]
    ) -> list[np.ndarray]:
        """Continue prompts `[rows, start]` until `end` is drawn or the context is full.

        `draws` `[rows, length - start + 1, attempts]`, fp32, are uniform in [0, 1). `progress`
        gets the tokens written since last. Raises `IndexError` for a token beyond the vocabulary.
        """
        check_tokens(prompts, self._config.vocabulary)
        rows, start = prompts.shape
        if not draws.size:
            return [np.empty(0, np.int64)] * rows
        room = self._config.length
        model = ctypes.byref(self._packed.model)
        shape = ctypes.byref(self._packed.model.shape)
        prompts = np.ascontiguousarray(prompts, np.int64)
        draws = np.ascontiguousarray(draws, np.float32)
        text, lengths = np.empty(draws.shape[:2], np.int64), np.zeros(rows, np.int64)
        active = np.arange(rows)
        cache = torch.empty(self._library.cache_bytes(shape, rows, room), dtype=torch.uint8)
        memory = torch.empty(self._library.writing_bytes(shape, rows, room), dtype=torch.uint8)
        batch = _Batch(
            *(rows, start, room, self._end, rows),
            *(array.ctypes.data for array in (active, text, lengths, prompts, draws)),
            cache.data_ptr(),
            self._decoding,
        )
        left = rows
        for position in range(room):
            if position >= start - 1:
                progress(left)
            left = self._library.write_position(
                model, ctypes.byref(batch), position, memory.data_ptr()
            )
            if left == 0:
                break
        return [row[:count].copy() for row, count in zip(text, lengths.tolist(), strict=True)]


def rows_at_once(config: ModelConfig) -> int:
    """Return how many rows a batch holds at most."""
    a_row = 8 * config.layers * config.key_value_heads * config.head_width * config.length
    least, most = _ROWS
    return min(most, max(least, _CACHE // a_row // least * least))
