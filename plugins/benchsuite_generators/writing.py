"""A model's rows, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsuite.api import Context, Decoding, TokenModel


class Writer:
    """Has a model go on from prompts.

    Row i, of all that it writes, draws with random numbers of its own, keyed by the seed and i:
    how many are asked for at once decides nothing. The operations of all that is read and
    written are told, whichever model it is.
    """

    def __init__(self, model: TokenModel, decoding: Decoding, context: Context) -> None:
        self._model, self._decoding, self._context = model, decoding, context
        self._rows = 0

    def write(self, prompts: Sequence[str]) -> list[str]:
        """Return what follows each prompt, which may be nothing."""
        boundary = self._model.boundary
        starts = [np.array([boundary, *ids]) for ids in self._model.encode(prompts)]
        rows = self._model.go_on(starts, self._decoding, self._rows, self._context)
        self._rows += len(prompts)
        self._context.spend(self._model.flops(sum(map(len, [*starts, *rows]))))
        return self._model.decode([row.tolist() for row in rows])
