"""A model judges its own text: by a contrast of prompts, a verdict, or a rubric's grades."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
from pydantic import Field, model_validator
from scipy.special import softmax

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters
from benchsuite_graders.texts import texts

TEXT = "{text}"
"""Where a template holds the row."""

RUBRIC = """\
Grade the text below. It gets one point for each of these that holds: it keeps to one subject; it \
is clear and free of errors; what it says is true; it says something that is not obvious; a \
demanding reader would call it excellent.

Text:
{text}

Points, from 1 to 5:"""


class SelfJudgeParameters(Parameters):
    """How the model is asked, and in which words."""

    by: Literal["prompts", "verdict", "rubric"] = Field(
        "prompts",
        description="prompts: how much likelier a row is after `good` than after `bad`. verdict: "
        "how much likelier `yes` is than `no` after a row and `question`. rubric: the mean of "
        "`grades`, weighted by their likelihood after `rubric`.",
    )
    per: Literal["token", "row"] = Field(
        "token", description="Of `prompts`: the contrast a token, or that of the row as a whole."
    )
    good: str = Field("A good essay:\n", description="Of `prompts`: before a good row.")
    bad: str = Field("A bad essay:\n", description="Of `prompts`: before a bad one.")
    question: str = Field("\nThis text is", description="Of `verdict`: what follows a row.")
    yes: str = Field(" good", min_length=1, description="Of `verdict`: the answer hoped for.")
    no: str = Field(" bad", min_length=1, description="Of `verdict`: the other answer.")
    rubric: str = Field(
        RUBRIC, description=f"Of `rubric`: what the model is told; {TEXT} stands for the row."
    )
    grades: tuple[str, ...] = Field(
        (" 1", " 2", " 3", " 4", " 5"),
        min_length=2,
        description="Of `rubric`: the answers, which are worth 1, 2, 3 and so on.",
    )

    @model_validator(mode="after")
    def _can_tell_apart(self) -> SelfJudgeParameters:
        if self.good == self.bad:
            raise ValueError("good and bad must differ, or all rows are equal")
        if self.yes == self.no:
            raise ValueError("yes and no must differ, or all rows are equal")
        if len(set(self.grades)) < len(self.grades) or not all(self.grades):
            raise ValueError("grades must differ, and none may be empty")
        if TEXT not in self.rubric:
            raise ValueError(f"rubric must hold {TEXT}, where the row stands")
        return self


class SelfJudge(Grader[SelfJudgeParameters]):
    """How good a model finds what it wrote itself.

    By `prompts`: [log p(row | good) - log p(row | bad)] / tokens (nats), without division for
    `per: row`: by Bayes' rule the log-odds of `good` given the row, but for a constant. By
    `verdict`: log p(yes | row, question) - log p(no | row, question), in nats. By `rubric`: the
    expected grade, Σ k p(k) over the likelihoods of the answers after the rubric, made to add up
    to 1 (Liu et al. 2023, arXiv:2303.16634, section 2); from 1 to the number of answers.

    That a model grades its own answers by an additive five-point rubric and learns from the best
    is Yuan et al. 2024, arXiv:2401.10020; wording and likelihoods in place of written grades are
    of this package.

    Where it says something. A rubric wants a model that follows instructions, of a billion
    weights or more. A model that never read about good and bad essays cannot tell them apart: the
    contrast is then noise, and the regime keeps rows about at random, which is a control in
    itself. Traps: what is likely is taken for good (the bias of `self-likelihood` returns with
    `verdict` and `rubric` where answers have unlike likelihoods everywhere, which shifts all rows
    alike); a prompt and a row beyond the model's context lose their beginning; wording matters,
    so it stands in the record.
    """

    parameters_type = SelfJudgeParameters

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return the model's judgement of each row."""
        found = texts(rows)
        asked = self.parameters
        if asked.by == "rubric":
            prompts = [asked.rubric.replace(TEXT, text) for text in found]
            odds = [_log_likelihoods(model, prompts, answer, context) for answer in asked.grades]
            return np.asarray(softmax(odds, axis=0).T @ np.arange(1, len(asked.grades) + 1.0))
        if asked.by == "verdict":
            prompts = [text + asked.question for text in found]
            yes, no = (
                _log_likelihoods(model, prompts, answer, context)
                for answer in (asked.yes, asked.no)
            )
            return np.asarray(yes - no)
        after_good, after_bad = (
            _read(model, [(prompt, text) for text in found], context)
            for prompt in (asked.good, asked.bad)
        )
        lengths = model.tokens(rows).lengths if asked.per == "token" else 1
        return np.asarray((after_good - after_bad) / np.maximum(lengths, 1))


def _log_likelihoods(model: Model, prompts: list[str], answer: str, context: Context) -> np.ndarray:
    return _read(model, [(prompt, answer) for prompt in prompts], context)


def _read(model: Model, pairs: list[tuple[str, str]], context: Context) -> np.ndarray:
    """Return log p(second | first) of pairs; tell the operations of reading both."""
    both = pa.table({"text": pa.array([text for pair in pairs for text in pair], pa.string())})
    context.spend(model.flops(int(model.tokens(both).lengths.sum())))
    return np.asarray(model.score_continuations(pairs, context))
