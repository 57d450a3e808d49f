"""Rows of an n-gram model of human text: the cheap baseline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa
from benchsuite_worlds.kneser_ney import END, KneserNey
from benchsuite_worlds.ngram_sampling import sample
from pydantic import Field

from benchsuite.api import (
    Context,
    GenerationRequest,
    Generator,
    Parameters,
    TokenModel,
    Tokens,
    UserError,
)
from benchsuite_generators.filling import filled

_AT_ONCE = 4096
"""Rows that are drawn at once; what is drawn depends on it."""

_WORD = re.compile(r"\s*\S+|\s+$")
"""A word with the space before it, so that words put together are the text again."""


class NgramParameters(Parameters):
    """How long a memory, of what, and of how much."""

    order: int = Field(4, ge=1, le=8, description="Words that count: the next, and those before.")
    words: Literal["token", "space"] = Field(
        "token",
        description="token: the learner's tokens. space: what stands between spaces.",
    )
    learns: Literal["all", "amount"] = Field(
        "all",
        description="all: from every human training row. amount: from as much of them, in random "
        "order, as is to be made.",
    )


class Ngram(Generator[NgramParameters]):
    """Rows of an interpolated modified Kneser-Ney model of human training rows.

    Chen & Goodman 1999, over tokens or words of a row with its ends. It knows neighbours and
    nothing else, so it is what a generator should beat. A row ends where the model ends it, or
    at the length of the longest row it learned from. Prompts are gone on from, and decoding is
    the regime's. The current model lends its tokenizer alone.
    """

    parameters_type = NgramParameters
    uses_model = False

    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Fit the model, and draw rows until there are enough. Raises `UserError`."""
        random = np.random.default_rng(context.seed)
        text = _Spaces() if self.parameters.words == "space" else _LearnersTokens(request)
        learned = _learned(text.read(request.human.train), request, self.parameters.learns, random)
        model = KneserNey.fit(learned.ids, learned.lengths, self.parameters.order)
        longest = int(learned.lengths.max())
        prompts, drawn = request.prompts, 0

        def more(count: int) -> pa.Table:
            nonlocal drawn
            count = min(count, _AT_ONCE)
            asked: list[str] | None = None
            if prompts:
                asked = [prompts[(drawn + i) % len(prompts)] for i in range(count)]
            drawn += count
            starts = _starts(model, text, asked, count)
            texts = text.write(sample(model, starts, longest, random, request.decoding))
            column = pa.nulls(count, pa.string()) if asked is None else pa.array(asked)
            return pa.table({"text": texts, "prompt": column})

        return filled(more, request, context)


class _Text(Protocol):
    """Text as numbers, and back."""

    def read(self, rows: pa.Table) -> Tokens: ...

    def write(self, rows: Sequence[np.ndarray]) -> list[str]: ...


class _LearnersTokens:
    """Text as tokens of the suite's learner."""

    def __init__(self, request: GenerationRequest) -> None:
        if not isinstance(request.model, TokenModel):
            raise UserError(
                "generators/ngram: this learner has no tokens to write with; set words to space."
            )
        self._model = request.model

    def read(self, rows: pa.Table) -> Tokens:
        return self._model.tokens(rows)

    def write(self, rows: Sequence[np.ndarray]) -> list[str]:
        return self._model.decode([row.tolist() for row in rows])


class _Spaces:
    """Text as words between spaces, numbered in order of appearance."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words: list[str] = []

    def read(self, rows: pa.Table) -> Tokens:
        cut = [_WORD.findall(text) for text in rows["text"].to_pylist()]
        ids = [self._number(word) for row in cut for word in row]
        return Tokens(np.array(ids, np.int64), np.array([len(row) for row in cut], np.int64))

    def _number(self, word: str) -> int:
        if word not in self._numbers:
            self._numbers[word] = len(self._words)
            self._words.append(word)
        return self._numbers[word]

    def write(self, rows: Sequence[np.ndarray]) -> list[str]:
        return ["".join(self._words[number] for number in row.tolist()) for row in rows]


def _learned(
    human: Tokens, request: GenerationRequest, learns: str, random: np.random.Generator
) -> Tokens:
    """Return the rows to learn from."""
    ids, lengths = np.asarray(human.ids), np.asarray(human.lengths, np.int64)
    if learns == "all":
        return Tokens(ids, lengths)
    order = random.permutation(len(lengths))
    sizes = np.ones_like(lengths) if request.unit == "rows" else lengths[order] + 1
    chosen = order[: int(np.searchsorted(np.cumsum(sizes), request.amount)) + 1]
    ends = np.cumsum(lengths)
    rows = [ids[ends[row] - lengths[row] : ends[row]] for row in chosen]
    return Tokens(np.concatenate(rows), lengths[chosen])


def _starts(model: KneserNey, text: _Text, prompts: Sequence[str] | None, count: int) -> np.ndarray:
    """Return what stands before rows: ends and, where there are prompts, their last words."""
    starts = np.full((count, model.order - 1), END, np.int64)
    if prompts and model.order > 1:
        ids, lengths = text.read(pa.table({"text": list(prompts)}))
        places, ends = model.places(np.asarray(ids)), np.cumsum(lengths)
        for row, (length, end) in enumerate(zip(lengths, ends, strict=True)):
            last = places[end - min(length, model.order - 1) : end]
            starts[row, model.order - 1 - len(last) :] = last
    return starts
