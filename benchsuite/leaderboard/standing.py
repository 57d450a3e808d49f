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
    """A measurement that does not count, and why."""

    metric: str
    slice: str
    reason: str


class MetricScore(_Strict):
    """An entry on one measurement.

    `score` is on the scale of 100 for the control and 0 for blind self-training; `value` is the
    mean over seeds at the last generation, in `unit`; `difference` the paired difference to the
    control there.
    """

    metric: str
    slice: str
    axis: str
    unit: str
    score: Estimate
    value: Estimate
    difference: Estimate


class Place(_Strict):
    """An entry's place on a board. `rank` is shared by ties; it lies in `best` to `worst`."""

    entry: str
    score: Estimate = Field(description="The aggregate; None where a measurement is missing.")
    axes: dict[str, Estimate]
    metrics: list[MetricScore]
    cost: Estimate
    by_seed: dict[int, float] = Field(description="The aggregate of each seed, for paired tests.")
    rank: int | None
    best: int | None
    worst: int | None
    pareto: bool = Field(description="Whether none is better on every axis and cheaper.")
    missing: list[str] = Field(description="Measurements that it lacks.")


class Standing(_Strict):
    """A board's entries in order of rank. Scoring version, and what was left out."""

    board: str
    kind: Literal["regimes", "graders"]
    scoring: int
    axes: list[str]
    left_out: list[LeftOut]
    places: list[Place]
