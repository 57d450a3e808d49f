"""Trained models, opened."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import pyarrow as pa

from benchsuite.lm.decoding import Decoding
from benchsuite.plugins.kinds.base import Context, Unit


@dataclass(frozen=True)
class SampleRequest:
    """How much a model should write.

    `amount` counts in `unit`; rows are written in full, so tokens may overrun by part of
    the last row. `prompts`, where given, are continued in turn.
    """

    amount: int
    unit: Unit
    decoding: Decoding
    prompts: Sequence[str] | None = None


@dataclass(frozen=True)
class Scores:
    """Log-probabilities of rows, token by token.

    `tokens[i]` holds the token ids of row i that were scored and `log_probabilities[i]`
    their natural-log probabilities given what stands before them; `bytes[i]` is the size of
    the row in UTF-8. The token that ends a row is scored too.
    """

    tokens: Sequence[np.ndarray]
    log_probabilities: Sequence[np.ndarray]
    bytes: np.ndarray

    @cached_property
    def totals(self) -> np.ndarray:
        """Log-probability of each row."""
        return np.array([float(np.sum(p, dtype=np.float64)) for p in self.log_probabilities])

    @cached_property
    def lengths(self) -> np.ndarray:
        """Number of scored tokens of each row."""
        return np.array([len(p) for p in self.log_probabilities])


class Tokens(NamedTuple):
    """Token ids of rows: all in one run, and the number of each row's.

    A row's end is not among them.
    """

    ids: np.ndarray
    lengths: np.ndarray


class TokenScores(NamedTuple):
    """Tokens of a row: their natural-log probabilities, and whether each is the likeliest there."""

    log_probabilities: np.ndarray
    greedy: np.ndarray


class Redrawn(NamedTuple):
    """Places of a row: a token drawn anew for each, and the log-probability of the actual one."""

    tokens: np.ndarray
    log_probabilities: np.ndarray


class Model(ABC):
    """A trained model, opened."""

    @abstractmethod
    def sample(self, request: SampleRequest, context: Context) -> pa.Table:
        """Write rows, none of them empty: the content columns and `prompt` (null where none)."""

    @abstractmethod
    def score(self, rows: pa.Table, context: Context) -> Scores:
        """Return the log-probabilities of the rows' tokens."""

    @classmethod
    def sample_all(
        cls,
        models: Sequence[Self],
        requests: Sequence[SampleRequest],
        contexts: Sequence[Context],
    ) -> list[pa.Table]:
        """Have each model write what it is asked for, one after the other.

        Override to have them write at once; each must write what `sample` would.
        """
        asked = zip(models, requests, contexts, strict=True)
        return [model.sample(request, context) for model, request, context in asked]

    @classmethod
    def score_all(cls, models: Sequence[Self], rows: pa.Table, context: Context) -> list[Scores]:
        """Have each model score the same rows, one after the other.

        Override to have them score at once. Where `score` keeps what it found, so should this,
        and look there first: several metrics ask for the same rows.
        """
        return [model.score(rows, context) for model in models]

    @abstractmethod
    def score_continuations(self, pairs: Sequence[tuple[str, str]], context: Context) -> np.ndarray:
        """Return log p(continuation | prompt) for each (prompt, continuation), in nats."""

    def tokens(self, rows: pa.Table) -> Tokens:
        """Return the token ids of rows, as the model reads them."""
        raise NotImplementedError(f"{type(self).__name__} has no vocabulary")

    def prefixes(self, rows: pa.Table, length: int) -> list[str]:
        """Return the first `length` tokens of each row that has more, as text."""
        raise NotImplementedError(f"{type(self).__name__} has no tokens to prompt with")

    def flops(self, tokens: int) -> int:  # noqa: ARG002 (for those who override it)
        """Return the floating-point operations of reading or writing so many tokens."""
        return 0


class TokenModel(Model):
    """A model that reads and writes token ids, for those who have rules of their own for text.

    `length` is the most tokens that it sees before the next one. `start` is the token that is
    read where there is no context, `opening` what its tokenizer puts before a text (often
    nothing), `boundary` the token that ends a text.
    """

    length: int
    start: int
    boundary: int
    opening: Sequence[int]

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return token ids of texts, without any special token."""

    @abstractmethod
    def decode(self, rows: Sequence[Sequence[int]]) -> list[str]:
        """Return texts of token ids; special tokens are dropped."""

    @abstractmethod
    def score_ends(
        self, rows: Sequence[Sequence[int]], counts: Sequence[int], context: Context
    ) -> list[TokenScores]:
        """Return the scores of the last `counts[i]` tokens of each row.

        Of a row, the last `length` + 1 tokens are read; `counts[i]` is at most `length`.
        """

    @abstractmethod
    def go_on(
        self, starts: Sequence[np.ndarray], decoding: Decoding, first_row: int, context: Context
    ) -> list[np.ndarray]:
        """Write on after `starts` (token ids), a function of `context.seed` and `first_row`.

        Returns what follows each, with the boundary that ends it unless the context is full.
        """

    def redraw(
        self,
        rows: Sequence[Sequence[int]],
        decoding: Decoding,
        first_row: int,
        context: Context,
    ) -> list[Redrawn]:
        """Draw all tokens of rows but the first anew, each after the actual ones before it.

        What is drawn is a function of `context.seed`, `first_row` and the row. Rows beyond
        `length` are read in windows. Log-probabilities are the model's, without the decoding.
        """
        raise NotImplementedError(f"{type(self).__name__} cannot draw the tokens of rows anew")
