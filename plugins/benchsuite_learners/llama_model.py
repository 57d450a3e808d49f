"""Models of the language-model core, opened: several of one shape write and score at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from benchsuite.api import Context, Decoding, Redrawn, Scores, TokenScores
from benchsuite_learners.text_model import Draft, TextModel

if TYPE_CHECKING:
    from benchsuite.lm.model import LanguageModel
    from benchsuite.lm.tokenizer import TextTokenizer


class LlamaModel(TextModel):
    """A trained model with its tokenizer."""

    def __init__(self, model: LanguageModel, tokenizer: TextTokenizer) -> None:
        super().__init__(tokenizer, model.config.length)
        self.network = model

    def flops(self, tokens: int) -> int:
        """Return the operations of reading or writing so many tokens."""
        from benchsuite.lm.flops import forward_flops

        return forward_flops(self.network.config, tokens)

    @classmethod
    def score_all(
        cls, models: Sequence[LlamaModel], rows: pa.Table, context: Context
    ) -> list[Scores]:
        """Score the same rows with all models at once, unless they have been."""
        from benchsuite.lm.score import score_all

        new = [model for model in models if not model.has_scored(rows)]
        if len(new) > 1 and len({model.network.config for model in new}) == 1:
            encoded = new[0].encoded(rows)
            stack = new[0].network.stack([model.network for model in new])
            arrays = [np.array(row) for row in encoded]
            for model, found in zip(new, score_all(stack, arrays, context.device), strict=True):
                model.note(rows, encoded, found)
        return [model.score(rows, context) for model in models]

    @classmethod
    def _continue_all(
        cls, drafts: Sequence[Draft[LlamaModel]], starts: Sequence[list[np.ndarray]]
    ) -> list[list[np.ndarray]]:
        from benchsuite.lm.sample import sample_all

        models = [draft.model.network for draft in drafts]
        decoding, device = drafts[0].request.decoding, drafts[0].context.device
        if len({model.config for model in models}) > 1 or any(
            draft.request.decoding != decoding for draft in drafts
        ):
            return super()._continue_all(drafts, starts)
        return sample_all(
            models[0].stack(models) if len(models) > 1 else models[0],
            starts,
            drafts[0].model.tokenizer.boundary,
            decoding,
            [draft.context.seed for draft in drafts],
            device,
            [draft.drawn for draft in drafts],
        )

    def go_on(
        self, starts: Sequence[np.ndarray], decoding: Decoding, first_row: int, context: Context
    ) -> list[np.ndarray]:
        """Write on as `TextModel` says, with random numbers of each row's own."""
        from benchsuite.lm.sample import sample

        return sample(
            self.network,
            starts,
            self.tokenizer.boundary,
            decoding,
            context.seed,
            context.device,
            first_row,
        )

    def _log_probabilities(self, rows: list[list[int]], context: Context) -> list[np.ndarray]:
        from benchsuite.lm.score import score

        return score(self.network, [np.array(row) for row in rows], context.device)

    def score_ends(
        self, rows: Sequence[Sequence[int]], counts: Sequence[int], context: Context
    ) -> list[TokenScores]:
        """Score the ends of rows, as prefix trees: what they begin with in common is read once."""
        from benchsuite.lm.score import score_ends

        arrays = [np.array(row) for row in rows]
        found = score_ends(self.network, arrays, counts, context.device)
        return [TokenScores(*each) for each in found]

    def redraw(
        self, rows: Sequence[Sequence[int]], decoding: Decoding, first_row: int, context: Context
    ) -> list[Redrawn]:
        """Draw the tokens of rows anew, as prefix trees, with random numbers of each row's own."""
        from benchsuite.lm.redraw import redraw

        arrays = [np.array(row) for row in rows]
        found = redraw(self.network, arrays, decoding, context.seed, context.device, first_row)
        return [Redrawn(*each) for each in found]
