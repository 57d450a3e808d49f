"""A trained network of transformers, opened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from benchsuite.api import Context, Decoding, Redrawn, TokenScores
from benchsuite_learners.text_model import TextModel
from benchsuite_learners.transformers_checkpoint import PretrainedTokenizer, multiplying_weights
from benchsuite_learners.transformers_sampling import sample
from benchsuite_learners.transformers_scoring import redraw, score, score_ends

_CACHED = 1 << 28
"""Keys and values held at once when sampling: 1 GiB in fp32."""


class TransformersModel(TextModel):
    """A network with its tokenizer; `length` is the context it was trained with, in tokens."""

    def __init__(self, network: Any, tokenizer: PretrainedTokenizer, length: int) -> None:
        super().__init__(tokenizer, length)
        self._network = network.eval()
        shape = network.config.get_text_config()
        cached = 2 * shape.num_hidden_layers * shape.hidden_size * length
        self._rows = max(1, min(TextModel.batch, _CACHED // cached))

    def flops(self, tokens: int) -> int:
        """Return 2 N operations a token, attention left out; N are the `multiplying_weights`."""
        return 2 * self._multiplying_weights * tokens

    @cached_property
    def _multiplying_weights(self) -> int:
        return multiplying_weights(self._network)

    def _log_probabilities(self, rows: list[list[int]], context: Context) -> list[np.ndarray]:
        return score(self._network, rows, self.length, context.device.kind)

    def go_on(
        self, starts: Sequence[np.ndarray], decoding: Decoding, first_row: int, context: Context
    ) -> list[np.ndarray]:
        """Write on as `TextModel` says."""
        return sample(
            self._network,
            starts,
            self.tokenizer.boundary,
            self.length,
            decoding,
            context.seed,
            first_row,
            self._rows,
            context.device.kind,
        )

    def score_ends(
        self, rows: Sequence[Sequence[int]], counts: Sequence[int], context: Context
    ) -> list[TokenScores]:
        """Score the ends of rows."""
        read = [row[-self.length - 1 :] for row in rows]
        found = score_ends(self._network, read, counts, context.device.kind)
        return [TokenScores(*each) for each in found]

    def redraw(
        self, rows: Sequence[Sequence[int]], decoding: Decoding, first_row: int, context: Context
    ) -> list[Redrawn]:
        """Draw the tokens of rows anew, with random numbers of each row's own."""
        kind = context.device.kind
        found = redraw(self._network, rows, self.length, decoding, context.seed, first_row, kind)
        return [Redrawn(*each) for each in found]
