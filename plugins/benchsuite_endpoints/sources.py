"""What rows are written from: human rows, topics, or a regime's prompts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from benchsuite.api import GenerationRequest, UserError
from benchsuite_endpoints.templates import fill, names

CONTINUED = "{prompt}"


class Task(NamedTuple):
    """One row to be written: what is asked, the row's prompt, and what it is made from."""

    asked: str
    prompt: str
    parents: list[str]


@dataclass(frozen=True)
class Sources:
    """The tasks of a request: the i-th is the same whoever asks, and however often.

    Human rows and topics are taken in random order, again and in another order when all have
    been; prompts in the order in which they are given.
    """

    request: GenerationRequest
    template: str
    topics: Sequence[str]
    seed: int

    @classmethod
    def of(
        cls, request: GenerationRequest, template: str | None, topics: Sequence[str], seed: int
    ) -> Sources:
        """Return the sources of a request. Raises `UserError` where it has not what is named."""
        if template is None and not request.prompts:
            raise UserError(
                "endpoints/writer has nothing to ask for; set its template, or prompts in the "
                "regime."
            )
        made = cls(request, template or CONTINUED, topics, seed)
        if "prompt" in names(made.template) and not request.prompts:
            raise UserError(
                "the template of endpoints/writer has a place for {prompt}, and the regime has no "
                "prompts; set them, or use {topic} or {text}."
            )
        if "text" in names(made.template) and not request.human.train.num_rows:
            raise UserError("endpoints/writer has no human row to fill in for {text}.")
        return made

    def task(self, index: int) -> Task:
        """Return the task of a row, counted from 0."""
        wanted, values, parents = names(self.template), {}, []
        if "prompt" in wanted and self.request.prompts:
            values["prompt"] = self.request.prompts[index % len(self.request.prompts)]
        if "topic" in wanted:
            values["topic"] = self.topics[self._place(index, len(self.topics), "topic")]
        if "text" in wanted:
            human = self.request.human.train
            place = self._place(index, human.num_rows, "text")
            values["text"] = human["text"][place].as_py()
            if "id" in human.column_names:
                parents = [human["id"][place].as_py()]
        asked = fill(self.template, values)
        return Task(asked, values.get("prompt", asked), parents)

    def _place(self, index: int, count: int, of: str) -> int:
        """Return which of `count` the i-th is, in the random order of its round."""
        return int(_order(self.seed, index // count, count, of)[index % count])


@lru_cache(maxsize=8)
def _order(seed: int, turn: int, count: int, of: str) -> np.ndarray:
    """Return a random order, another for each round and for what is ordered."""
    return np.random.default_rng([seed, turn, *of.encode()]).permutation(count)
