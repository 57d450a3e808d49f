"""A verifier that is right as often as it is told to be."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import numpy as np
import pyarrow as pa
from benchsuite_worlds.parameters import GrammarName, World, judge
from pydantic import Field, field_validator, model_validator

from benchsuite.api import Context, Grader, HumanRows, Model, UserError

_CLOSES = {")": "(", "]": "[", "}": "{"}


class VerifierParameters(World):
    """How often the verifier is right, and what makes a row correct: one of the last three."""

    true_positive_rate: float = Field(ge=0, le=1, description="Share of correct rows it accepts.")
    false_positive_rate: float = Field(ge=0, le=1, description="Share of other rows it accepts.")
    check: Literal["brackets", GrammarName] | None = Field(
        None,
        description="brackets: each that opens is closed, in order. arithmetic, logic, "
        "biographies: the row states something in this grammar, and all of it is true.",
    )
    pattern: str | None = Field(
        None, description="A regular expression that the whole text of a correct row matches."
    )
    column: str | None = Field(
        None, description="A column of truth values, or of numbers of which 0 is not correct."
    )

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as failure:
            raise ValueError(f"{pattern} is no regular expression ({failure})") from failure
        return pattern

    @model_validator(mode="after")
    def _one_way(self) -> VerifierParameters:
        if [self.check, self.pattern, self.column].count(None) != 2:  # noqa: PLR2004 (of three)
            raise ValueError("a verifier takes one of check, pattern and column")
        return self


class Verifier(Grader[VerifierParameters]):
    """Whether an external verifier accepts a row: 1 if it does, 0 if not.

    Each row is correct or not, by an exact check. The verifier accepts a correct one with
    probability `true_positive_rate` (TPR), any other with `false_positive_rate` (FPR), row by
    row with random numbers of the step's seed. Keeping what it accepts multiplies the odds of
    a correct row by TPR / FPR.

    It is the imperfect verifier of Feng et al. 2024 (arXiv:2406.07515), and says nothing of
    how a verifier comes by its rates. Regular expressions match with `fullmatch`, where a dot
    matches line breaks too.
    """

    parameters_type = VerifierParameters
    reads_model = False

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return 1 for each row that is accepted, 0 for each that is not."""
        rate = np.where(
            self._correct(rows),
            self.parameters.true_positive_rate,
            self.parameters.false_positive_rate,
        )
        drawn = np.random.default_rng(context.seed).random(rows.num_rows)
        return np.asarray(drawn < rate, float)

    def _correct(self, rows: pa.Table) -> np.ndarray:
        """Return which rows are correct. Raises `UserError` for a column that there is not."""
        wanted = self.parameters
        column = wanted.column or "text"
        if column not in rows.column_names:
            there = ", ".join(rows.column_names)
            raise UserError(f"graders/verifier reads the column {column}; rows have {there}.")
        values = rows[column].to_pylist()
        if wanted.column:
            return np.array([bool(value) for value in values], bool)
        check = self._check()
        return np.array([bool(check(text)) for text in values], bool)

    def _check(self) -> Callable[[str], object]:
        wanted = self.parameters
        if wanted.check is None:
            return re.compile(wanted.pattern or "", re.DOTALL).fullmatch
        return balanced if wanted.check == "brackets" else judge(wanted.check, wanted).check


def balanced(text: str) -> bool:
    """Whether each round, square or curly bracket that opens is closed, innermost first."""
    opened: list[str] = []
    for character in text:
        if character in _CLOSES.values():
            opened.append(character)
        elif character in _CLOSES and (not opened or opened.pop() != _CLOSES[character]):
            return False
    return not opened
