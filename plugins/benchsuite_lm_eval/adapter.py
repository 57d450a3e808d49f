"""lm-eval's `LM`, served by a model of token ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from lm_eval.api.model import TemplateLM
from lm_eval.models.utils import normalize_gen_kwargs, postprocess_generated_text
from lm_eval.utils import get_rolling_token_windows, make_disjoint_window

from benchsuite.api import Context, Decoding, TokenModel, TokenScores

if TYPE_CHECKING:
    from lm_eval.api.instance import Instance

Pair = tuple[list[int], list[int]]
"""Token ids of a context and of its continuation."""

_MOST_WRITTEN = 256
"""Tokens written where a task names no number, as HFLM does."""


class Adapter(TemplateLM):  # type: ignore[misc]
    """Answers lm-eval's requests as its HFLM would, all requests of a kind at once.

    How a pair of context and continuation is encoded is lm-eval's own (`TemplateLM`).
    """

    def __init__(self, model: TokenModel, context: Context) -> None:
        super().__init__()
        self._model, self._context = model, context
        self._encoded: dict[str, list[int]] = {}

    @property
    def eot_token_id(self) -> int:
        """The token that ends a text."""
        return self._model.boundary

    @property
    def prefix_token_id(self) -> int:
        """The token that stands where there is no context."""
        return self._model.start

    def tok_encode(
        self, string: str, *, add_special_tokens: bool | None = None, **_unused: Any
    ) -> list[int]:
        """Return token ids, with what the tokenizer puts before a text unless that is unwanted."""
        ids = self._encoded.get(string) or self._model.encode([string])[0]
        return ids if add_special_tokens is False else [*self._model.opening, *ids]

    def loglikelihood(
        self, requests: Sequence[Instance], **_unused: Any
    ) -> list[tuple[float, bool]]:
        """Return log p(continuation | context) in nats, and whether greedy decoding writes it.

        What `TemplateLM` is going to encode, text by text, is encoded at once.
        """
        pairs = [request.args for request in requests]
        texts = dict.fromkeys(text for pair in pairs for text in _texts(*pair))
        self._encoded = dict(zip(texts, self._model.encode(list(texts)), strict=True))
        scored: list[tuple[float, bool]] = super().loglikelihood(requests, disable_tqdm=True)
        self._encoded = {}
        return scored

    def _loglikelihood_tokens(
        self, requests: Sequence[tuple[Any, list[int], list[int]]], **_unused: Any
    ) -> list[tuple[float, bool]]:
        return self._scored([(context, rest) for _, context, rest in requests])

    def _scored(self, pairs: Sequence[Pair]) -> list[tuple[float, bool]]:
        """Return log p(continuation | context) in nats, and whether greedy decoding writes it."""
        pieces = [list(_pieces(*pair, self._model.length)) for pair in pairs]
        rows, counts = zip(*(piece for own in pieces for piece in own), strict=True)
        found = iter(self._model.score_ends(rows, counts, self._context))
        return [_summed([next(found) for _ in own]) for own in pieces]

    def loglikelihood_rolling(self, requests: Sequence[Instance], **_unused: Any) -> list[float]:
        """Return log p(text) in nats, in windows that share no token that is scored."""
        windows = [self._windows(*request.args) for request in requests]
        scored = iter(self._scored([pair for pairs in windows for pair in pairs]))
        return [sum(next(scored)[0] for _ in pairs) for pairs in windows]

    def _windows(self, text: str) -> list[Pair]:
        windows = get_rolling_token_windows(
            token_list=self.tok_encode(text),
            prefix_token=self.prefix_token_id,
            max_seq_len=self._model.length,
            context_len=1,
        )
        return [make_disjoint_window(window) for window in windows]

    def generate_until(self, requests: Sequence[Instance], **_unused: Any) -> list[str]:
        """Return what is written after each context, up to the first stop.

        Where the context of the model does not hold prompt and answer, half of it is kept for the
        prompt, whose end is read.
        """
        alike: dict[str, list[int]] = {}
        for i, request in enumerate(requests):
            alike.setdefault(repr(request.args[1]), []).append(i)
        written = [""] * len(requests)
        for places in alike.values():
            prompts = [requests[i].args[0] for i in places]
            texts = self._written(prompts, requests[places[0]].args[1], places[0])
            for i, text in zip(places, texts, strict=True):
                written[i] = text
        return written

    def _written(self, prompts: Sequence[str], wanted: dict[str, Any], first: int) -> list[str]:
        """Write after prompts that ask alike; `first` keys their random numbers."""
        settings = normalize_gen_kwargs(wanted, _MOST_WRITTEN)
        length = self._model.length
        most = min(settings["max_gen_toks"], length - length // 2)
        starts = [
            np.array(self.tok_encode(prompt)[most - length :] or [self.prefix_token_id])
            for prompt in prompts
        ]
        found = self._model.go_on(starts, _decoding(settings), first, self._context)
        texts = self._model.decode([ids[:most].tolist() for ids in found])
        stops = settings["until"]
        return [postprocess_generated_text(text, stops, None) for text in texts]


def _texts(context: str, rest: str) -> Iterator[str]:
    """Yield what is encoded of a pair: both as one text, and the context without spaces behind."""
    yield context + rest
    if context:
        yield context.rstrip()


def _pieces(context: list[int], rest: list[int], length: int) -> Iterator[tuple[list[int], int]]:
    """Yield rows, and how many of their last tokens are scored: the whole continuation at once.

    One longer than `length` comes in pieces of half of it, so that each token sees as much.
    """
    whole, start = [*context, *rest], len(context)
    size = len(rest) if len(rest) <= length else length // 2
    yield from (
        (whole[:stop], stop - at)
        for at in range(start, len(whole), size)
        for stop in (min(at + size, len(whole)),)
    )


def _summed(pieces: Sequence[TokenScores]) -> tuple[float, bool]:
    total = sum(float(np.sum(each.log_probabilities, dtype=np.float64)) for each in pieces)
    return total, all(bool(each.greedy.all()) for each in pieces)


def _decoding(settings: dict[str, Any]) -> Decoding:
    """Return how tokens are drawn: the likeliest one, unless a task asks to sample."""
    if not settings["do_sample"]:
        return Decoding(temperature=0)
    return Decoding(
        temperature=settings["temperature"],
        top_k=settings.get("top_k") or None,
        top_p=settings.get("top_p") or 1.0,
    )
