"""What an assessment says: one JSON document."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["pass", "look", "fail", "not judged"]
ORDER: tuple[Verdict, ...] = ("fail", "look", "pass", "not judged")
"""From what needs most attention to what needs none."""
Unit = Literal["share", "rows", "per million words", "bits/word", "ratio", "distinct", "words"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Finding(_Strict):
    """A number of the data set, beside that of human text, and what it was held against."""

    name: str = Field(description="What was measured.")
    value: float | None = Field(description="The number; None where it cannot be had.")
    unit: Unit = Field(description="Its unit.")
    n: int = Field(description="Rows, words or mentions it was computed from.")
    lower: float | None = Field(default=None, description="Lower end of its 95 % interval.")
    upper: float | None = Field(default=None, description="Upper end of its 95 % interval.")
    human: float | None = Field(default=None, description="The same number of human text.")
    threshold: str = Field(default="", description="What was asked for, in words.")
    verdict: Verdict = Field(default="not judged", description="How it did.")


class Example(_Strict):
    """A row, or a part of one, with what was found in it. Personal data in it are masked."""

    row: int = Field(description="Number of the row, from 1, invalid ones not counted.")
    about: str = Field(description="What was found.")
    text: str = Field(description="An excerpt.")


class Series(_Strict):
    """Numbers for a drawing, one for each label."""

    title: str = Field(description="What is drawn.")
    axis: str = Field(description="What the labels are.")
    labels: list[str] = Field(description="Labels, in order.")
    synthetic: list[float] = Field(description="Shares of the data set.")
    human: list[float] = Field(default=[], description="Shares of human text.")


class Outcome(_Strict):
    """What a check found."""

    check: str = Field(description="Name of the check.")
    title: str = Field(description="Its name for people.")
    verdict: Verdict = Field(description="The worst of what was judged.")
    says: str = Field(description="What was found, in a sentence.")
    why: str = Field(description="Why it matters.")
    how: str = Field(description="How it is measured, and what it does not see.")
    sources: list[str] = Field(description="Publications.")
    findings: list[Finding] = Field(description="The numbers.")
    examples: list[Example] = Field(default=[], description="Rows to look at.")
    series: Series | None = Field(default=None, description="A drawing, where one helps.")


class File(_Strict):
    """A file that was read."""

    name: str = Field(description="Its name as given.")
    bytes: int = Field(description="Its size.")
    sha256: str = Field(description="Its SHA-256.")


class Side(_Strict):
    """The data set, or the human text beside it."""

    files: list[File] = Field(description="Its files.")
    rows: int = Field(description="Rows with text.")
    invalid: dict[str, int] = Field(description="What was no row, by reason.")


class Assessment(_Strict):
    """A synthetic data set assessed without training."""

    schema_version: int = Field(default=1, description="Version of this schema.")
    benchsuite: str = Field(description="Version of benchsuite.")
    command: str = Field(description="The command.")
    synthetic: Side = Field(description="The data set.")
    human: Side | None = Field(description="The human text that it is compared with.")
    sample: int = Field(description="Rows drawn at random for what needs text at once.")
    seed: int = Field(description="Seed of the draw.")
    verdict: Verdict = Field(description="The worst verdict.")
    outcomes: list[Outcome] = Field(description="What each check found.")
    seconds: float = Field(description="How long it took.")


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict that needs most attention."""
    return min(verdicts, key=ORDER.index, default="not judged")
