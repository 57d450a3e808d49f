"""Whether what the entry cost is what such models cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error, flag, note
from benchsuite.leaderboard.verify.rows import Place, Rows
from benchsuite.records.record import KindCost, Record

_FASTEST = 1e16
"""Operations a second: above what one accelerator does in any precision."""

_ROUNDING = 0.01
_LEAST = 0.95
"""Share of the board's tokens a model: windows and rows do not come out even."""

_PARTS = ("train", "generate", "grade")
_ADDED = ("FLOP", "tokens", "s")


@check("costs", "Operations, tokens and seconds are those of such models.")
def costs(case: Case) -> Iterator[Finding]:
    """Compare the ratio of operations to tokens with the board's, and speeds with what can be.

    Training takes about 6 N operations a token of a model of N weights (Kaplan et al. 2020,
    arXiv:2001.08361, §2.1), so with the board's learner the ratio is the board's, whatever was
    trained on.
    """
    own, frozen = (_by_kind(record) for record in (case.record, case.frozen))
    for kind, spent in own.items():
        yield from _possible(kind, spent)
    yield from _training(own.get("train"), frozen.get("train"), case)
    yield from _sums(case)
    yield from _models(case)


def _by_kind(record: Record) -> dict[str, KindCost]:
    return {spent.kind: spent for spent in record.costs}


def _possible(kind: str, spent: KindCost) -> Iterator[Finding]:
    cost = spent.cost
    if min(cost.seconds, cost.tokens, cost.flops, cost.peak_memory, spent.steps) < 0:
        yield error(f"steps of kind {kind} cost less than nothing.")
    elif cost.flops and cost.flops > _FASTEST * cost.seconds:
        yield error(
            f"steps of kind {kind} did {cost.flops:.3g} operations in {cost.seconds:.3g} s."
        )


def _training(own: KindCost | None, frozen: KindCost | None, case: Case) -> Iterator[Finding]:
    if own is None or frozen is None or not own.steps or not frozen.steps:
        yield error("the record does not say what training cost.")
        return
    learner = case.record.suite.document.get("learner")
    if learner != case.frozen.suite.document.get("learner"):
        yield note("its learner is not the board's, so operations a token cannot be compared.")
    elif _differ(own.cost.flops * frozen.cost.tokens, frozen.cost.flops * own.cost.tokens):
        yield error("training took other operations a token than the board's learner takes.")
    if own.cost.tokens * frozen.steps < _LEAST * frozen.cost.tokens * own.steps:
        yield (note if case.open else error)("its models were trained on less than the board's.")
    models = len(case.record.seeds) * sum(regime.generations for regime in case.record.regimes)
    if own.steps < models:
        yield flag(f"{own.steps} models were trained, and its regimes have more than {models}.")


def _sums(case: Case) -> Iterator[Finding]:
    """See that the cost of a model is the sum of its parts."""
    names = set(_ledgers(case).values())
    for place, by_seed in case.rows.items():
        if place.metric not in names or place.slice != "all":
            continue
        for seed, row in by_seed.items():
            parts = [_value(case.rows, place._replace(slice=part), seed) for part in _PARTS]
            known = [part for part in parts if part is not None]
            if known and row["value"] is not None and _differ(sum(known), row["value"], 1e-9):
                yield error(f"{place}, seed {seed}, is not the sum of its parts.")


def _models(case: Case) -> Iterator[Finding]:
    """Compare operations a token of each model's training with those of the board's control."""
    names = _ledgers(case)
    if not {"FLOP", "tokens"} <= names.keys():
        return
    same = case.record.suite.document.get("learner") == case.frozen.suite.document.get("learner")
    for regime, generation, seed in _trained(case):
        spent = _spent(case.rows, names, (regime, generation, seed))
        usual = _spent(case.frozen_rows, names, (case.anchors[0], generation, seed))
        where = f"{regime}, generation {generation}, seed {seed}"
        if any(value is not None and value < 0 for value in spent):
            yield error(f"training {where} cost less than nothing.")
        elif None not in (spent.flops, spent.tokens, usual.flops, usual.tokens):
            if same and _differ(spent.flops * usual.tokens, usual.flops * spent.tokens):  # type: ignore[operator]
                yield error(f"training {where} took other operations a token than it takes.")
            elif not case.open and spent.tokens < _LEAST * usual.tokens:  # type: ignore[operator]
                yield error(f"{where} was trained on less than the board's control.")
        if spent.flops and spent.seconds is not None and spent.flops > _FASTEST * spent.seconds:
            yield error(
                f"training {where} did {spent.flops:.3g} operations in {spent.seconds:.3g} s."
            )


def _ledgers(case: Case) -> dict[str, str]:
    """Return the metrics that tell operations, tokens and seconds by kind of step, by unit."""
    return {
        metric.unit: metric.name
        for metric in case.frozen.metrics
        if metric.axis == "cost" and metric.unit in _ADDED and "train" in metric.context_slices
    }


class _Spent(NamedTuple):
    flops: float | None
    tokens: float | None
    seconds: float | None


def _trained(case: Case) -> Iterator[tuple[str, int, int]]:
    for regime in case.record.regimes:
        for generation in range(case.frozen.generations + 1):
            for seed in case.frozen.seeds:
                yield regime.name, generation, seed


def _spent(rows: Rows, names: Mapping[str, str], model: tuple[str, int, int]) -> _Spent:
    """Return what training one model took."""
    regime, generation, seed = model
    return _Spent(
        *(
            _value(rows, Place(regime, generation, names.get(unit, ""), "train"), seed)
            for unit in _ADDED
        )
    )


def _value(rows: Rows, place: Place, seed: int) -> float | None:
    value: float | None = rows.get(place, {}).get(seed, {}).get("value")
    return value


def _differ(one: float, other: float, share: float = _ROUNDING) -> bool:
    return abs(one - other) > share * max(abs(one), abs(other))
