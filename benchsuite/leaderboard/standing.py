"""What a board says once its entries are scored: the numbers that pages and files show."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Estimate(_Strict):
    """A number with the ends of its 95 % interval; None where it cannot be had."""

    value: float | None
    lower: float | None = None
    upper: float | None = None


class LeftOut(_Strict):
    """A measurement that does not count, and why. `axis` is None where nothing measured it."""

    metric: str
    slice: str
    reason: str
    axis: str | None = None


class Counted(_Strict):
    """A measurement that counts, and the scale that the board's baselines give it.

    `span` is what 100 points are worth, in `unit`: by how much the control is better than blind
    self-training; of an AUC, how far perfection is from chance.
    """

    metric: str
    slice: str
    axis: str
    unit: str
    best: Literal["higher", "lower", "zero"]
    span: Estimate


class MetricScore(_Strict):
    """An entry on one measurement.

    `score` is on the scale of 100 for the control and 0 for blind self-training, over all
    generations after generation 0; `value` is the mean over seeds at the last generation, in
    `unit`; `difference` the paired difference to the control there.

    On a board of graders, `{grader}` in `slice` stands for the entry's grader. AUC is scored 100
    at 1 and 0 at chance; rates have no score; neither has a difference to the control.
    """

    metric: str
    slice: str
    axis: str
    unit: str
    score: Estimate
    value: Estimate
    difference: Estimate


class Against(_Strict):
    """The aggregate against an anchor of the same run, paired by seed.

    `p` is that of a paired t-test, `corrected` the same corrected for the number of entries.
    """

    difference: Estimate
    p: float
    corrected: float
    verdict: Literal["better", "worse", "unclear"]


class Tests(_Strict):
    """How entries were compared. `threshold` is the largest p of a pair that is significant."""

    method: str
    level: float
    pairs: int
    threshold: float | None


class Place(_Strict):
    """An entry's place on a board. `rank` is shared by ties; it lies in `best` to `worst`.

    On a board of graders the aggregate is that of the AUC, and `against_blind` the downstream
    effect: how far what a model learns is ahead of blind self-training, on the ordinary scale.
    """

    entry: str
    score: Estimate = Field(description="The aggregate; None where a measurement is missing.")
    axes: dict[str, Estimate]
    metrics: list[MetricScore]
    cost: Estimate = Field(description="Mean over the generations after generation 0.")
    by_seed: dict[int, float] = Field(description="The aggregate of each seed, for paired tests.")
    rank: int | None
    best: int | None
    worst: int | None
    pareto: bool = Field(description="Whether none is better on every axis and cheaper.")
    missing: list[str] = Field(description="Measurements that it lacks, and what of them.")
    against_control: Against | None = None
    against_blind: Against | None = None
    grader: str | None = Field(default=None, description="On a board of graders: which it is.")


class Standing(_Strict):
    """A board's entries in order of rank. Scoring version, and what was left out.

    `front` are the axes whose Pareto front, with cost, is told.
    """

    board: str
    kind: Literal["regimes", "graders"]
    scoring: int
    axes: list[str]
    left_out: list[LeftOut]
    places: list[Place]
    counted: list[Counted] = []
    front: list[str] = []
    tests: Tests | None = None
