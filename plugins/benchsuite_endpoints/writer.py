"""Rows that a model behind an API writes."""

from __future__ import annotations

import logging
import re
from collections import Counter
from dataclasses import dataclass, field
from math import ceil

import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from benchsuite.api import Context, GenerationRequest, Generator, UserError
from benchsuite_endpoints import templates
from benchsuite_endpoints.answers import Answer
from benchsuite_endpoints.client import ask
from benchsuite_endpoints.parameters import EndpointParameters
from benchsuite_endpoints.questions import question
from benchsuite_endpoints.sources import Sources, Task

_log = logging.getLogger(__name__)
_FEWEST = 16
"""Answers before it is judged whether too many are of no use."""
_MOST = 1024
"""Questions handed over at once."""
_REFUSAL = (
    r"(?i)\s*(i(['\u2019]m| am) (sorry|unable)|sorry, (but )?i|as an ai\b"
    r"|i can(no|['\u2019])t (assist|comply|do|fulfil|help|provide|write))"
)


class WriterParameters(EndpointParameters):
    """The endpoint, what it is asked for, and which answers are rows."""

    template: str | None = Field(
        None,
        min_length=1,
        description="What is asked: {text} is a human training row, {topic} one of the topics, "
        "{prompt} one of the regime's prompts. By default {prompt} alone.",
    )
    topics: tuple[str, ...] = Field((), description="What {topic} stands for, in random order.")
    max_tokens: int = Field(512, ge=1, description="Tokens of an answer, at most.")
    keep_cut: bool = Field(
        default=False, description="Whether an answer that is cut off at max_tokens is a row."
    )
    longest: int = Field(65_536, ge=1, le=2**18, description="Characters of a row, at most.")
    refusal: str = Field(
        _REFUSAL, description="An answer that begins as this regular expression says is no row."
    )
    most_dropped: float = Field(
        0.5, ge=0, lt=1, description="Share of answers that may be no rows before it gives up."
    )

    @field_validator("template")
    @classmethod
    def _can_be_filled(cls, template: str | None) -> str | None:
        return template and templates.check(template, ("text", "topic", "prompt"))

    @field_validator("refusal")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as failure:
            raise ValueError(f"{pattern} is no regular expression ({failure})") from failure
        return pattern

    @model_validator(mode="after")
    def _topics_are_used(self) -> WriterParameters:
        if ("topic" in templates.names(self.template or "")) != bool(self.topics):
            raise ValueError("topics and a place for {topic} in the template belong together")
        if not all(topic.strip() for topic in self.topics):
            raise ValueError("a topic is empty")
        return self


class Writer(Generator[WriterParameters]):
    """A model behind an OpenAI-compatible API writes the rows; the current model writes none.

    It rephrases human rows (`{text}` in the template), writes on topics, or goes on from the
    regime's prompts, with the regime's temperature and top-p (and top-k, where the API takes
    it). Rows have the columns `text`, `prompt` (the regime's, or all that was asked), `model` (as
    the API names it) and, where they rephrase, `parents` (the ids of the human rows).

    Answers that are empty, refused, cut off or too long are left out and counted. The i-th row
    is a function of the seed and i alone, as far as the API answers alike to equal seeds; the
    cache sees to it that an answer is asked for once.
    """

    parameters_type = WriterParameters
    uses_model = False

    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Return rows that hold `request.amount`. Raises `UserError`."""
        wanted = self.parameters
        sources = Sources.of(request, wanted.template, wanted.topics, context.seed)
        rows = _Rows(wanted, request)
        while not rows.full:
            first = rows.asked
            tasks = [sources.task(first + i) for i in range(rows.next_count())]
            questions = [
                question(
                    wanted,
                    task.asked,
                    wanted.max_tokens,
                    request.decoding,
                    (context.seed, first + i),
                )
                for i, task in enumerate(tasks)
            ]
            rows.add(tasks, ask(wanted, questions))
            context.progress(min(rows.amount, request.amount), request.amount)
        if rows.dropped:
            _log.info("Of %d answers, no rows are %s.", rows.asked, rows.dropped_told())
        return rows.table()


@dataclass
class _Rows:
    """The rows of a request so far."""

    wanted: WriterParameters
    request: GenerationRequest
    asked: int = 0
    amount: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    kept: list[tuple[Task, str, str]] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return self.amount >= self.request.amount

    def next_count(self) -> int:
        """Return how many questions should give what is missing, going by those asked."""
        missing = self.request.amount - self.amount
        if self.amount:
            missing = ceil(missing * self.asked / self.amount)
        elif self.request.unit == "tokens":
            missing = ceil(missing / self.wanted.max_tokens)
        return min(max(missing, self.wanted.concurrency), _MOST)

    def add(self, tasks: list[Task], answers: list[Answer]) -> None:
        """Add rows in the order of their tasks until there is enough.

        Raises `UserError` where too many answers are no rows.
        """
        read = [(task, _text(a, self.wanted), a) for task, a in zip(tasks, answers, strict=True)]
        good = [(task, text, answer.model) for task, text, answer in read if text]
        self.dropped.update(_fault(a, self.wanted) for _, text, a in read if not text)
        self.asked += len(tasks)
        for row, size in zip(good, self._sizes([text for _, text, _ in good]), strict=True):
            if not self.full:
                self.kept.append(row)
                self.amount += size
        useless = self.dropped.total()
        if (
            not self.full
            and self.asked >= _FEWEST
            and useless > self.wanted.most_dropped * self.asked
        ):
            raise UserError(
                f"of {self.asked:,} answers of {self.wanted.model} at {self.wanted.url}, "
                f"{useless:,} are no rows ({self.dropped_told()}), so that {self.amount:,} of "
                f"{self.request.amount:,} {self.request.unit} are there; change the template, "
                "max_tokens or most_dropped."
            )

    def dropped_told(self) -> str:
        """Say how many answers were no rows, by reason."""
        return ", ".join(f"{count} {fault}" for fault, count in self.dropped.most_common())

    def table(self) -> pa.Table:
        """Return the rows with their provenance; the runner knows what prompts were cut from."""
        tasks = [task for task, _, _ in self.kept]
        columns = {
            "text": pa.array([text for _, text, _ in self.kept], pa.string()),
            "prompt": pa.array([task.prompt for task in tasks], pa.string()),
            "model": pa.array([model for _, _, model in self.kept], pa.string()),
        }
        if any(task.parents for task in tasks):
            columns["parents"] = pa.array([task.parents for task in tasks], pa.list_(pa.string()))
        return pa.table(columns)

    def _sizes(self, texts: list[str]) -> list[int]:
        """Return how much each text counts: in tokens, with the one that ends a row."""
        if self.request.unit == "rows" or not texts:
            return [1] * len(texts)
        lengths = self.request.model.tokens(pa.table({"text": texts})).lengths
        return [int(length) + 1 for length in lengths]


def _text(answer: Answer, wanted: WriterParameters) -> str:
    """Return an answer as a row's text, "" for one that is no row."""
    if _fault(answer, wanted):
        return ""
    return answer.text.strip() if wanted.api == "chat" else answer.text


def _fault(answer: Answer, wanted: WriterParameters) -> str:
    """Say why an answer is no row, "" for one that is."""
    if answer.finish in {"content_filter", "refusal"} or re.match(wanted.refusal, answer.text):
        return "refused"
    if answer.finish == "too_long":
        return "without room for an answer"
    if answer.finish == "length" and not wanted.keep_cut:
        return "cut off"
    if not answer.text.strip():
        return "empty"
    return "too long" if len(answer.text) > wanted.longest else ""
