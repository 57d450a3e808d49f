"""What a plan should cost, from what its finished steps took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchsuite.engine.steps import STEP_KINDS, Plan, Step, StepKind
from benchsuite.engine.store import Store

_GUESS: dict[StepKind, float] = {
    "prepare": 5.0,
    "tokenizer": 2.0,
    "evaluation": 0.1,
    "mix": 0.1,
    "measure": 0.2,
}
"""Seconds a step of a kind takes where none has been done yet."""

_TOKENS_A_SECOND = 20_000
"""What a worker trains, writes or grades where it has not been seen to: a model of 0.3 million
weights on one core."""


class KindEstimate(NamedTuple):
    """The steps of a kind: how many, how many are done, and what the others should cost.

    `tokens`, `flops` (0 where only a trained model could tell) and `seconds` (of one worker) are
    of the steps still to do; `measured` says that seconds come from steps of this plan in the
    store, not from a guess.
    """

    kind: StepKind
    steps: int
    stored: int
    to_do: int
    tokens: int
    flops: int
    seconds: float
    measured: bool


def estimate(plan: Plan, store: Store, present: set[str]) -> list[KindEstimate]:
    """Return what each kind of step of a plan should still cost; `present` ones are done."""
    kinds = [[s for s in plan.steps.values() if s.kind == kind] for kind in STEP_KINDS]
    return [_of_kind(steps, store, present) for steps in kinds if steps]


def guess(step: Step) -> float:
    """Return a first guess of a step's seconds, on one worker."""
    return _GUESS.get(step.kind, step.size / _TOKENS_A_SECOND)


def _of_kind(steps: Sequence[Step], store: Store, present: set[str]) -> KindEstimate:
    stored = [step for step in steps if step.identity in present]
    to_do = [step for step in steps if step.identity not in present]
    seconds = sum(guess(step) for step in to_do)
    if stored:
        taken = [store.manifest(step.identity).cost.seconds for step in stored]
        seconds = len(to_do) * sum(taken) / len(taken)
    return KindEstimate(
        kind=steps[0].kind,
        steps=len(steps),
        stored=len(stored),
        to_do=len(to_do),
        tokens=sum(step.size for step in to_do),
        flops=sum(step.flops for step in to_do),
        seconds=seconds,
        measured=bool(stored),
    )
