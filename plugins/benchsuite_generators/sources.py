"""Human rows that others are made from, and the model that is to make them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchsuite.api import Model, TokenModel, UserError


def in_turn(count: int, seed: int) -> Iterator[int]:
    """Yield the places 0 to `count` - 1 in random order, and anew once all have been.

    Raises `ValueError` where there are none.
    """
    if count < 1:
        raise ValueError("there is nothing to take turns")
    random = np.random.default_rng(seed)
    while True:
        yield from random.permutation(count).tolist()


def token_model(model: Model, generator: str) -> TokenModel:
    """Return the model, if it reads and writes tokens. Raises `UserError`."""
    if not isinstance(model, TokenModel):
        raise UserError(
            f"{generator} needs a model that reads and writes tokens, which those of this "
            "learner do not; take a learner of text, such as learners/llama."
        )
    return model


def beginnings(model: TokenModel, texts: list[str], length: int) -> list[str]:
    """Return the first `length` tokens of each text, as text; a shorter one is whole.

    A character that is cut in the middle is left out.
    """
    encoded = model.encode(texts)
    cut = model.decode([ids[:length] for ids in encoded])
    return [
        part.rstrip("\ufffd") if len(ids) > length else text
        for text, ids, part in zip(texts, encoded, cut, strict=True)
    ]
