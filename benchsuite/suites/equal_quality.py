"""What regimes cost beside the human-data control, at the quality that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from benchsuite.errors import UserError, nearest
from benchsuite.plugins.kinds import Metric
from benchsuite.plugins.loading import load
from benchsuite.suites.documents import Document, Key

if TYPE_CHECKING:
    from benchsuite.suites.resolve import ResolvedSuite


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Measured(_Strict):
    """A slice of a metric."""

    metric: str
    slice: str = "all"


class EqualQuality(_Strict):
    """A quality, what it costs, and the control at several budgets: its learning curve.

    A `curve` of regimes of human text alone, such as `real` and its parts, says what the control
    costs at any `quality` between its best and its worst. Every other regime is compared with that.
    """

    quality: Measured
    cost: list[Measured] = Field(min_length=1)
    curve: list[str] = Field(min_length=2)

    @field_validator("curve")
    @classmethod
    def _no_repeats(cls, curve: list[str]) -> list[str]:
        twice = [name for name in curve if curve.count(name) > 1]
        if twice:
            raise ValueError(f"the regime {twice[0]} stands there twice")
        return curve


def check_equal_quality(suite: ResolvedSuite, document: Document) -> None:
    """Check that quality and costs are measured, and the curve is one. Raises `UserError`."""
    asked = suite.suite.equal_quality
    if asked is None:
        return
    for key, name, why in chain(_metrics(asked, suite), _curve(asked, suite)):
        at: Key = ("equal_quality", *key)
        raise UserError(f"{document.where(at)}: {'.'.join(map(str, at))} is {name}, {why}")


def _metrics(asked: EqualQuality, suite: ResolvedSuite) -> Iterator[tuple[Key, str, str]]:
    """Yield the key of each metric that does not fit, its name and what is wrong with it."""
    kinds: dict[str, type[Metric[Any]]] = {}
    for metric in suite.metrics:
        found = load(metric.registered)
        assert issubclass(found, Metric)
        kinds[metric.name] = found
    named: list[tuple[Key, str]] = [(("quality",), asked.quality.metric)]
    named += [(("cost", i), cost.metric) for i, cost in enumerate(asked.cost)]
    for key, name in named:
        why = _unfit(name, kinds, cost=key[0] == "cost")
        if why:
            yield (*key, "metric"), name, why


def _unfit(name: str, kinds: Mapping[str, type[Metric[Any]]], *, cost: bool) -> str | None:
    if name not in kinds:
        return f"which the suite does not measure{nearest(name, kinds)}"
    kind = kinds[name]
    if cost and kind.axis != "cost":
        return f"a metric of {kind.axis}, not of cost."
    if not kind.reproducible:
        return "which no seed fixes; take a metric that a seed does."
    if kind.best == "zero":
        return "of which zero is best; take a metric of which higher or lower is better."
    return None


def _curve(asked: EqualQuality, suite: ResolvedSuite) -> Iterator[tuple[Key, str, str]]:
    """Yield the place of each regime that is no rung of the curve, its name and why."""
    regimes = {regime.name: regime.regime for regime in suite.regimes}
    first = asked.curve[0]
    for i, name in enumerate(asked.curve):
        at: Key = ("curve", i)
        if name not in regimes:
            yield at, name, f"which is no regime of the suite{nearest(name, regimes)}"
        elif regimes[name].synthetic:
            yield at, name, "which learns from synthetic rows; a curve is of human rows alone."
        elif regimes[name].init != regimes[first].init:
            yield at, name, f"which does not start as {first} does; a curve has one init."
