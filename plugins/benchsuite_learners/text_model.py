"""What trained language models have in common, whichever library computes them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from math import ceil
from typing import Generic, Protocol, Self, TypeVar

import numpy as np
import pyarrow as pa

from benchsuite.api import Context, SampleRequest, Scores, TokenModel, Tokens

_GIVE_UP_AFTER = 10_000
"""Empty rows after which sampling is given up."""

_FEWEST = 16
"""Rows that are drawn at once at least."""


class Tokenizer(Protocol):
    """Text to token ids and back; `boundary` stands between rows.

    `start` is what lm-eval and transformers take for the start of a text, and `opening` what
    the tokenizer puts before one of its own accord.
    """

    boundary: int

    @property
    def start(self) -> int:
        """The token that opens a text."""

    @property
    def opening(self) -> list[int]:
        """What the tokenizer puts before a text."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without boundaries."""

    def decode(self, rows: Sequence[Sequence[int]]) -> list[str]:
        """Texts of token ids, without boundaries."""


T = TypeVar("T", bound="TextModel")


class Draft(Generic[T]):
    """What one model has written of what it was asked for."""

    def __init__(self, model: T, request: SampleRequest, context: Context) -> None:
        self.model, self.request, self.context = model, request, context
        self.drawn = 0
        self._done = 0
        self._texts: list[str] = []
        self._prompts: list[str | None] = []

    @property
    def full(self) -> bool:
        """Whether there is as much as was asked for."""
        return self._done >= self.request.amount

    def starts(self, most: int) -> list[np.ndarray]:
        """Return token ids for the next rows to follow: about as many as are still missing."""
        missing = self.request.amount - self._done
        if self._done:
            missing = ceil(1.1 * missing * self.drawn / self._done)
        count = min(most, max(missing, _FEWEST))
        return self.model.opened([self._prompt(i) or "" for i in range(count)])

    def add(self, rows: Sequence[np.ndarray]) -> None:
        """Add rows in the order they were drawn, until there is enough; empty ones do not count.

        Raises `RuntimeError` where the model writes nothing else.
        """
        for i, (text, size) in enumerate(self.model.read(rows)):
            if text and not self.full:
                self._texts.append(text)
                self._prompts.append(self._prompt(i))
                self._done += size if self.request.unit == "tokens" else 1
        self.drawn += len(rows)
        if not self._texts and self.drawn >= _GIVE_UP_AFTER:
            room = "; shorter prompts may leave it room" if self.request.prompts else ""
            raise RuntimeError(f"the model wrote nothing but empty rows, {self.drawn} in all{room}")
        self.context.progress(min(self._done, self.request.amount), self.request.amount)

    def table(self) -> pa.Table:
        """Return texts and prompts."""
        return pa.table({"text": self._texts, "prompt": pa.array(self._prompts, pa.string())})

    def _prompt(self, i: int) -> str | None:
        """Return the prompt of the i-th row after those drawn."""
        asked = self.request.prompts
        return asked[(self.drawn + i) % len(asked)] if asked else None


class TextModel(TokenModel):
    """A trained model with its tokenizer. Scores of a table are kept for as long as it is open.

    Those who derive from it continue and score rows of token ids; `batch` rows are drawn at once.
    """

    batch = 256

    def __init__(self, tokenizer: Tokenizer, length: int) -> None:
        self.tokenizer, self.length = tokenizer, length
        self.start, self.boundary = tokenizer.start, tokenizer.boundary
        self.opening = tokenizer.opening
        self._scored: dict[int, tuple[pa.Table, Scores]] = {}

    @abstractmethod
    def _log_probabilities(self, rows: list[list[int]], context: Context) -> list[np.ndarray]:
        """Return log-probabilities (nats) of all tokens of each row but the first."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return token ids of texts, without any special token."""
        return self.tokenizer.encode(texts)

    def decode(self, rows: Sequence[Sequence[int]]) -> list[str]:
        """Return texts of token ids; special tokens are dropped."""
        return self.tokenizer.decode(rows)

    def sample(self, request: SampleRequest, context: Context) -> pa.Table:
        """Write rows until their texts hold `request.amount` tokens (or rows)."""
        (table,) = self.sample_all([self], [request], [context])
        return table

    @classmethod
    def sample_all(
        cls,
        models: Sequence[Self],
        requests: Sequence[SampleRequest],
        contexts: Sequence[Context],
    ) -> list[pa.Table]:
        """Have all models write at once; rows are kept in order, however many are drawn at once."""
        drafts = [
            Draft(model, request, context)
            for model, request, context in zip(models, requests, contexts, strict=True)
        ]
        while writing := [draft for draft in drafts if not draft.full]:
            starts = [draft.starts(cls.batch) for draft in writing]
            written = cls._continue_all(writing, starts)
            for draft, rows in zip(writing, written, strict=True):
                draft.add(rows)
        return [draft.table() for draft in drafts]

    @classmethod
    def _continue_all(
        cls, drafts: Sequence[Draft[Self]], starts: Sequence[list[np.ndarray]]
    ) -> list[list[np.ndarray]]:
        """Write on after the starts of each draft."""
        return [
            draft.model.go_on(own, draft.request.decoding, draft.drawn, draft.context)
            for draft, own in zip(drafts, starts, strict=True)
        ]

    def score(self, rows: pa.Table, context: Context) -> Scores:
        """Score `rows["text"]`, each row alone after a boundary."""
        if not self.has_scored(rows):
            encoded = self.encoded(rows)
            self.note(rows, encoded, self._log_probabilities(encoded, context))
        return self._scored[id(rows)][1]

    def has_scored(self, rows: pa.Table) -> bool:
        """Whether the scores of a table are known."""
        return id(rows) in self._scored

    def encoded(self, rows: pa.Table) -> list[list[int]]:
        """Return token ids of rows, between boundaries."""
        boundary = self.tokenizer.boundary
        texts = rows["text"].to_pylist()
        return [[boundary, *ids, boundary] for ids in self.tokenizer.encode(texts)]

    def note(
        self, rows: pa.Table, encoded: list[list[int]], log_probabilities: list[np.ndarray]
    ) -> None:
        """Keep the scores of a table."""
        scores = Scores(
            tokens=[np.array(row[1:]) for row in encoded],
            log_probabilities=log_probabilities,
            bytes=np.array([len(text.encode()) for text in rows["text"].to_pylist()]),
        )
        self._scored[id(rows)] = (rows, scores)

    def score_continuations(self, pairs: Sequence[tuple[str, str]], context: Context) -> np.ndarray:
        """Return log p(continuation | prompt); both are tokenized apart, so borders hold."""
        prompts = self.tokenizer.encode([prompt for prompt, _ in pairs])
        rests = self.tokenizer.encode([rest for _, rest in pairs])
        wholes = [
            [self.tokenizer.boundary, *prompt, *rest]
            for prompt, rest in zip(prompts, rests, strict=True)
        ]
        scored = self._log_probabilities(wholes, context)
        return np.array(
            [float(s[len(p) :].sum()) for s, p in zip(scored, prompts, strict=True)], np.float64
        )

    def tokens(self, rows: pa.Table) -> Tokens:
        """Return the rows' token ids, those that the learner's `tokenize` noted where it did."""
        if "token_ids" not in rows.column_names:
            ids = pa.array(self.tokenizer.encode(rows["text"].to_pylist()), pa.list_(pa.int32()))
        else:
            ids = rows["token_ids"].combine_chunks()
        return Tokens(ids.flatten().to_numpy(), np.diff(ids.offsets.to_numpy()))

    def prefixes(self, rows: pa.Table, length: int) -> list[str]:
        """Return the first `length` tokens of each row that has more, as text.

        A character that is cut in the middle is left out.
        """
        ids, lengths = self.tokens(rows)
        starts = np.cumsum(lengths) - lengths
        cut = [ids[start : start + length].tolist() for start in starts[lengths > length]]
        return [text.rstrip("\ufffd") for text in self.tokenizer.decode(cut)]

    def opened(self, prompts: Sequence[str]) -> list[np.ndarray]:
        """Return token ids of prompts, the opening boundary included."""
        encoded = self.tokenizer.encode(prompts)
        return [np.array([self.tokenizer.boundary, *ids]) for ids in encoded]

    def read(self, rows: Sequence[np.ndarray]) -> list[tuple[str, int]]:
        """Return texts of written rows, with their sizes in tokens, the row's end included."""
        texts = self.tokenizer.decode([row.tolist() for row in rows])
        sizes = [len(ids) + 1 for ids in self.tokenizer.encode(texts)]
        return list(zip(texts, sizes, strict=True))
