"""Words numbered in order of first appearance, and how each is spelled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from benchsuite_metrics.cutting import SHORT, Cut, replaced


def spelled(cut: Sequence[Cut]) -> tuple[pa.Array, np.ndarray]:
    """Return the different words in order of first appearance, and each word's place, int32.

    Words of up to `SHORT` bytes are told apart by these. Longer ones are numbered first, and their
    numbers are put where these bytes are, but for the lowest byte, which is 0 in no short word.
    """
    longer = pa.chunked_array([block.longer for block in cut], pa.large_string())
    encoded = longer.combine_chunks().dictionary_encode()
    numbers = np.split(encoded.indices.to_numpy(), np.cumsum([len(block.long) for block in cut]))
    for block, number in zip(cut, numbers, strict=False):
        block.keys[block.long] = number.astype(np.uint64) + 1 << 8
    found = pa.chunked_array([block.keys for block in cut], pa.uint64()).dictionary_encode()
    if not found.num_chunks:
        return encoded.dictionary, np.empty(0, np.int32)
    keys = found.chunk(0).dictionary.to_numpy()
    spellings = pa.array(keys.astype("<u8").view(f"S{SHORT}")).cast(pa.large_string())
    long = np.flatnonzero(keys % 256 == 0)
    chosen = (keys[long] >> 8) - 1
    spellings = replaced(spellings, long, encoded.dictionary, chosen.astype(np.int64))
    return spellings, np.concatenate([chunk.indices for chunk in found.chunks])
