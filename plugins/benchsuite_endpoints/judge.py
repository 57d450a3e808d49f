"""Rows judged by a model behind an API."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from benchsuite.api import Context, Decoding, Grader, HumanRows, Model, UserError
from benchsuite_endpoints import rubrics, templates, verdicts
from benchsuite_endpoints.client import ask
from benchsuite_endpoints.parameters import EndpointParameters
from benchsuite_endpoints.questions import Question, question

_log = logging.getLogger(__name__)
_PLACES = {"score": ("text",), "pairs": ("first", "second")}
_ASKED_AGAIN = 1
"""Index of a question that is asked a second time."""


class JudgeParameters(EndpointParameters):
    """The endpoint, what the judge is asked, and how its answers are read."""

    mode: Literal["score", "pairs"] = Field(
        "score", description="score: each row by itself. pairs: each against others."
    )
    rubric: str | None = Field(
        None,
        min_length=1,
        description="What is asked, with places for {text}, or for {first} and {second}; by "
        "default a scale from 1 to 5, or which is better.",
    )
    lowest: float = Field(1.0, description="The worst score of the rubric.")
    highest: float = Field(5.0, description="The best score of the rubric.")
    neutral: float | None = Field(
        None, description="Score of a row that the judge does not score; by default the middle."
    )
    structured: bool = Field(
        default=False, description="Whether the answer is JSON by a schema, if the API takes one."
    )
    pattern: str | None = Field(
        None,
        description="Regular expression whose group is the score, or A, B or tie; the last match "
        "counts. By default that of the default rubric.",
    )
    rounds: int = Field(1, ge=1, description="In mode pairs, each row is in two pairs a round.")
    least_agreement: float = Field(
        0.6,
        ge=0,
        le=1,
        description="Share of pairs judged alike both ways below which a warning is given.",
    )
    temperature: float = Field(0.0, ge=0, description="Of the judge's answers.")
    max_tokens: int = Field(256, ge=1, description="Tokens of an answer, at most.")
    longest: int = Field(20_000, ge=1, description="Characters of a row that the judge is shown.")

    @field_validator("pattern")
    @classmethod
    def _has_a_group(cls, pattern: str | None) -> str | None:
        try:
            groups = re.compile(pattern or "()").groups
        except re.error as failure:
            raise ValueError(f"{pattern} is no regular expression ({failure})") from failure
        if groups != 1:
            raise ValueError(f"{pattern} must have one group, for what is found")
        return pattern

    @model_validator(mode="after")
    def _fits_together(self) -> JudgeParameters:
        places = _PLACES[self.mode]
        if self.rubric is not None:
            templates.check(self.rubric, places, places)
        if self.structured and self.pattern:
            raise ValueError("an answer is read as JSON (structured) or by a pattern, not by both")
        if self.lowest >= self.highest:
            raise ValueError("lowest must be below highest")
        if not self.lowest <= self.middle <= self.highest:
            raise ValueError("neutral must lie between lowest and highest")
        return self

    @property
    def middle(self) -> float:
        """The score of a row that the judge does not score."""
        return (self.lowest + self.highest) / 2 if self.neutral is None else self.neutral

    @property
    def asked(self) -> str:
        """The rubric."""
        return self.rubric or (rubrics.SCORE if self.mode == "score" else rubrics.PAIR)

    @property
    def read_by(self) -> str | None:
        """The pattern that answers are read by, None for JSON."""
        if self.structured:
            return None
        usual = verdicts.SCORE_PATTERN if self.mode == "score" else verdicts.PAIR_PATTERN
        return self.pattern or usual


class Judge(Grader[JudgeParameters]):
    """A judge model's score of a row, or the share of other rows that it finds worse.

    `mode: score`: the judge scores each row by a rubric, by default from 1 to 5.

    `mode: pairs`: in each round the rows stand in a random ring, and neighbours are compared
    twice, in both orders, since judges favour a position (Zheng et al. 2023, arXiv:2306.05685).
    A pair that is judged alike both ways is won by a row or tied; one that is not is a tie. The
    score is (wins + ties / 2) / comparisons, 0 to 1.

    An answer that cannot be read is asked for once more. If that cannot be read either, the row
    gets the neutral score, the pair is a tie. How many there were is said, and in mode pairs
    which share of pairs was judged alike both ways.

    The same row is judged once, whatever wrote it: answers are kept in the cache.
    """

    parameters_type = JudgeParameters
    reads_model = False

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return the score of each row, higher for better ones. Raises `UserError`."""
        if "text" not in rows.column_names:
            there = ", ".join(rows.column_names)
            raise UserError(f"endpoints/judge reads the column text; rows have {there}.")
        texts = [text[: self.parameters.longest] for text in rows["text"].to_pylist()]
        if self.parameters.mode == "score":
            return self._scores(texts, context)
        return self._win_shares(texts, context)

    def _scores(self, texts: Sequence[str], context: Context) -> np.ndarray:
        wanted = self.parameters
        form = verdicts.score_form(wanted.lowest, wanted.highest) if wanted.structured else None

        def read(answer: str) -> float | None:
            return verdicts.score(answer, wanted.read_by, wanted.lowest, wanted.highest)

        asked = [templates.fill(wanted.asked, {"text": text}) for text in texts]
        found = [read(answer) for answer in self._judged(asked, read, form, context)]
        self._tell_unread(found, f"get the neutral score {wanted.middle:g}")
        return np.array([wanted.middle if score is None else score for score in found], float)

    def _win_shares(self, texts: Sequence[str], context: Context) -> np.ndarray:
        """Return (wins + ties / 2) / comparisons of each row, 0.5 where there is no other."""
        pairs = ring_pairs(len(texts), self.parameters.rounds, context.seed)
        if not pairs:
            return np.full(len(texts), 0.5)
        found = self._preferences(texts, pairs, context)
        self._tell_unread(found, "make their pairs ties")
        both = list(zip(found[::2], found[1::2], strict=True))
        read = [(one, swapped) for one, swapped in both if one is not None and swapped is not None]
        self._tell_agreement(sum(verdicts.agree(*judged) for judged in read), len(read))
        points, counts = np.zeros(len(texts)), np.zeros(len(texts))
        for (first, second), judged in zip(pairs, both, strict=True):
            gained = verdicts.points(*judged)
            points[[first, second]] += (gained, 1 - gained)
            counts[[first, second]] += 1
        return np.asarray(points / counts)

    def _preferences(
        self, texts: Sequence[str], pairs: Sequence[tuple[int, int]], context: Context
    ) -> list[verdicts.Preference | None]:
        """Return what the judge prefers in each pair, and after it, with the texts swapped."""
        wanted = self.parameters

        def read(answer: str) -> verdicts.Preference | None:
            return verdicts.preference(answer, wanted.read_by)

        both = [order for one, other in pairs for order in ((one, other), (other, one))]
        asked = [
            templates.fill(wanted.asked, {"first": texts[first], "second": texts[second]})
            for first, second in both
        ]
        form = verdicts.pair_form() if wanted.structured else None
        return [read(answer) for answer in self._judged(asked, read, form, context)]

    def _judged(
        self,
        asked: Sequence[str],
        read: Callable[[str], object],
        form: dict[str, object] | None,
        context: Context,
    ) -> list[str]:
        """Return the judge's answers, asked for again where they cannot be read."""
        first = [self._question(text, 0, form) for text in asked]
        answers = [answer.text for answer in ask(self.parameters, first, context.progress)]
        unread = [i for i, answer in enumerate(answers) if read(answer) is None]
        again = [self._question(asked[i] + rubrics.AGAIN, _ASKED_AGAIN, form) for i in unread]
        for i, answer in zip(unread, ask(self.parameters, again), strict=True):
            answers[i] = answer.text
        return answers

    def _question(self, text: str, index: int, form: dict[str, object] | None) -> Question:
        # The step's seed stays out: a text that was judged before is not paid for again.
        wanted = self.parameters
        decoding = Decoding(temperature=wanted.temperature)
        return question(wanted, text, wanted.max_tokens, decoding, (0, index), form)

    def _tell_unread(self, found: Sequence[object], so: str) -> None:
        if unread := sum(verdict is None for verdict in found):
            _log.warning(
                "%d of %d answers of the judge %s could not be read twice and %s.",
                unread,
                len(found),
                self.parameters.model,
                so,
            )

    def _tell_agreement(self, alike: int, judged: int) -> None:
        share = alike / judged if judged else 0.0
        low = share < self.parameters.least_agreement
        _log.log(
            logging.WARNING if low else logging.INFO,
            "The judge %s judged %d of %d pairs (%.0f %%) alike both ways; the others are ties.",
            self.parameters.model,
            alike,
            judged,
            100 * share,
        )


def ring_pairs(count: int, rounds: int, seed: int) -> list[tuple[int, int]]:
    """Return pairs of neighbours in a random ring of `count` rows for each round.

    With two rows there is one pair a round, with fewer none.
    """
    generator = np.random.default_rng(seed)
    pairs = []
    for _ in range(rounds):
        ring = [int(place) for place in generator.permutation(count)]
        edges = 0 if count < 2 else 1 if count == 2 else count  # noqa: PLR2004 (a pair)
        pairs += [(ring[i], ring[(i + 1) % count]) for i in range(edges)]
    return pairs
