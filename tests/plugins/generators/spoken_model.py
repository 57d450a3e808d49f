"""A model of characters that says one of a few things after any prompt."""

import numpy as np
import pyarrow as pa

from benchsuite.api import GenerationRequest, HumanRows, TokenModel, Tokens
from benchsuite.lm.decoding import Decoding


class Says(TokenModel):
    """Tokens are characters. Row i says what its own random number falls on."""

    length, start, boundary, opening = 200, 0, 0, ()

    def __init__(self, *sayings, echoes=False):
        self.sayings, self.echoes = sayings, echoes
        self.asked = []

    def encode(self, texts):
        return [[ord(letter) for letter in text] for text in texts]

    def decode(self, rows):
        return ["".join(chr(token) for token in row if token) for row in rows]

    def tokens(self, rows):
        ids = self.encode(rows["text"].to_pylist())
        return Tokens(np.concatenate([[], *ids]).astype(int), np.array([len(row) for row in ids]))

    def prefixes(self, rows, length):
        return [text[:length] for text in rows["text"].to_pylist() if len(text) > length]

    def go_on(self, starts, decoding, first_row, context):
        assert all(start[0] == self.boundary for start in starts)
        prompts = self.decode(starts)
        self.asked += prompts
        said = []
        for row, prompt in enumerate(prompts, first_row):
            random = np.random.default_rng([context.seed, row])
            saying = self.sayings[random.integers(len(self.sayings))]
            said.append(prompt + saying if self.echoes else saying)
        return [np.array([*ids, self.boundary]) for ids in self.encode(said)]

    sample = score = score_continuations = score_ends = None


def human(texts, domains=None):
    """Human rows: those of the training split have ids h0, h1 and so on."""
    count = len(texts)
    return HumanRows(
        pa.table(
            {
                "id": [f"h{i}" for i in range(count)] + ["held out"],
                "text": [*texts, "unseen"],
                "domain": [*(domains or ["prose"] * count), "prose"],
                "split": ["train"] * count + ["test"],
            }
        )
    )


def request(model, rows, amount=10, unit="rows", decoding=None, prompts=None):
    return GenerationRequest(model, rows, amount, unit, decoding or Decoding(), prompts)
