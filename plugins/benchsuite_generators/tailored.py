"""Rows of a slice that a model seldom writes by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Annotated, Literal, NamedTuple

import pyarrow as pa
from benchsuite_words.words import words
from pydantic import Field, field_validator, model_validator

from benchsuite.api import (
    Context,
    GenerationRequest,
    Generator,
    Parameters,
    UserError,
)
from benchsuite_generators.selection import Drafts, select
from benchsuite_generators.slices import Slice, of_domain, of_words, rarest
from benchsuite_generators.sources import in_turn, token_model
from benchsuite_generators.writing import Writer

_log = logging.getLogger(__name__)

_NAME = "generators/tailored"


class TailoredParameters(Parameters):
    """Which slice, by exactly one of `words`, `rare` and `domain`, and how it is come by."""

    words: tuple[Annotated[str, Field(min_length=1)], ...] | None = Field(
        None, min_length=1, description="The slice: rows with words of this list."
    )
    rare: float | None = Field(
        None,
        gt=0,
        le=1,
        description="The slice: rows with words of this rarer share of the different words of "
        "human training text.",
    )
    domain: str | None = Field(
        None,
        min_length=1,
        description="The slice: rows whose words are likelier in this domain of human training "
        "text than in each other (naive Bayes).",
    )
    at_least: int = Field(
        1, ge=1, description="Words of `words` or `rare` that a row of the slice has."
    )
    way: Literal["rejection", "conditional"] = Field(
        "rejection",
        description="rejection: the model writes as ever. conditional: it goes on from the "
        "beginnings of human training rows of the slice. Rows outside the slice are dropped.",
    )
    prefix: int = Field(16, ge=1, description="Tokens of a beginning, where `way` is conditional.")
    tries: int = Field(
        20, ge=1, description="How many times the amount may be written to have it in the slice."
    )

    @field_validator("words")
    @classmethod
    def _each_is_a_word(cls, given: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in given or ():
            if words(word) != [word.lower()]:
                raise ValueError(f"{word!r} is no single word of letters")
        return given and tuple(word.lower() for word in given)

    @model_validator(mode="after")
    def _one_slice(self) -> TailoredParameters:
        if sum(given is not None for given in (self.words, self.rare, self.domain)) != 1:
            raise ValueError("give exactly one of words, rare and domain, which is the slice")
        return self


class Tailored(Generator[TailoredParameters]):
    """Rows of the current model that fall in a slice of text, such as one with rare words.

    The yield (rows in the slice / rows written) is logged, and stands in the constant column
    `yield`. Where beginnings of human rows are gone on from, a row is what follows, and
    `parents` names the human row. These rows are taken from all human training rows, since a
    generator does not know which ones generation 0 saw.
    """

    parameters_type = TailoredParameters

    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Write until the slice holds enough.

        Raises `RuntimeError` where the yield is too low or no human row can be gone on from, and
        `UserError` for a domain that there is not.
        """
        holds = self._slice(request.human.train)
        writer = Writer(token_model(request.model, _NAME), request.decoding, context)
        grounded = self.parameters.way == "conditional"
        starts = self._starts(request, holds, context) if grounded else _prompts(request)

        def draft(count: int) -> Drafts:
            begun = list(islice(starts, count))
            texts = writer.write([start.prompt or "" for start in begun])
            columns = {
                "text": pa.array(texts, pa.string()),
                "prompt": pa.array([start.prompt for start in begun], pa.string()),
            }
            if grounded:
                columns["parents"] = pa.array([[start.parent] for start in begun])
            return Drafts(pa.table(columns), [holds(text) for text in texts])

        found = select(draft, request, context, self.parameters.tries)
        _log.info("%s: %d of %d rows fall in the slice.", _NAME, found.wanted, found.made)
        return found.with_yield()

    def _slice(self, human: pa.Table) -> Slice:
        wanted, texts = self.parameters, human["text"].to_pylist()
        if wanted.domain is not None:
            domains = human["domain"].to_pylist()
            others = sorted({*domains} - {wanted.domain})
            if wanted.domain not in domains or not others:
                raise UserError(
                    f"{_NAME}: human training rows are of {', '.join(sorted({*domains}))}; domain "
                    f"{wanted.domain} must be one of several."
                )
            return of_domain(texts, domains, wanted.domain)
        listed = rarest(texts, wanted.rare) if wanted.rare is not None else wanted.words or ()
        return of_words(listed, wanted.at_least)

    def _starts(
        self, request: GenerationRequest, holds: Slice, context: Context
    ) -> Iterator[_Start]:
        """Yield beginnings of human rows of the slice, none twice until all have been."""
        rows, length, domain = request.human.train, self.parameters.prefix, self.parameters.domain
        if domain is None:
            inside = [holds(text) for text in rows["text"].to_pylist()]
        else:
            inside = [own == domain for own in rows["domain"].to_pylist()]
        rows = rows.filter(pa.array(inside))
        longer = rows.filter(pa.array(request.model.tokens(rows).lengths > length))
        if not longer.num_rows:
            raise RuntimeError(
                f"{rows.num_rows:,} human training rows fall in the slice, and none of them has "
                f"more than {length} tokens to be gone on from; lower prefix or widen the slice"
            )
        prompts = request.model.prefixes(longer, length)
        starts = list(map(_Start, prompts, longer["id"].to_pylist()))
        return (starts[place] for place in in_turn(len(starts), context.seed))


class _Start(NamedTuple):
    """What a row goes on from, and the `id` of the human row that begins so."""

    prompt: str | None
    parent: str | None


def _prompts(request: GenerationRequest) -> Iterator[_Start]:
    """Yield the regime's prompts in turn; where it has none, nothing to go on from."""
    return (_Start(prompt, None) for prompt in cycle(request.prompts or [None]))
