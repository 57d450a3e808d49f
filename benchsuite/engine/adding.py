"""Steps added to a plan, each with the identity that all it hangs on gives it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from benchsuite.engine.identities import component_identity, fingerprint, operation_digest
from benchsuite.engine.steps import PEERS, Inputs, Plan, Step, StepKind
from benchsuite.identity import digest
from benchsuite.lm.native.library import kernels
from benchsuite.suites.resolve import Chosen

_ON_DEVICE: Sequence[StepKind] = ("train", "generate", "grade", "measure")
"""Kinds of step whose numbers depend on device, precision and kernels."""


class Adding:
    """Adds steps to one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._on = {"device": plan.device, "kernels": kernels(plan.device[0])}
        self._fingerprints: dict[int, str] = {}

    def fingerprint(self, component: Chosen) -> str:
        """Return a component's fingerprint, asked for once."""
        if id(component) not in self._fingerprints:
            self._fingerprints[id(component)] = fingerprint(component)
        return self._fingerprints[id(component)]

    def add(
        self,
        kind: StepKind,
        component: Chosen | None,
        arguments: Mapping[str, Any],
        inputs: Inputs,
        *,
        label: str,
        seed: int = 0,
        size: int = 0,
        flops: int = 0,
        human_needed: int = 0,
    ) -> str:
        """Add a step unless an equal one is there; return its identity."""
        if component and (read := self.fingerprint(component)):
            arguments = {**arguments, "fingerprint": read}
        identity = digest(
            {
                "kind": kind,
                "operation": operation_digest(kind),
                "component": component and component_identity(component),
                "arguments": arguments,
                "inputs": inputs,
                "seed": seed,
                **(self._on if kind in _ON_DEVICE else {"device": None}),
            }
        )
        costs = (size, flops, human_needed)
        step = Step(kind, component, arguments, inputs, seed, label, *costs, identity)
        self._plan.steps.setdefault(identity, step)
        return identity


def without_peers(plan: Plan, step: Step, lost: Collection[str]) -> Step | None:
    """Put a step in the place of one that measures a model beside others, some of them lost.

    It does without these, so that a regime that fails takes no other's figures with it. None
    where more than peers is lost.
    """
    left = {
        role: tuple(i for i in ids if i not in lost) if role.startswith(PEERS) else ids
        for role, ids in step.inputs.items()
    }
    if any(identity in lost for ids in left.values() for identity in ids):
        return None
    inputs = {role: ids for role, ids in left.items() if ids}
    added = Adding(plan).add(
        step.kind, step.component, step.arguments, inputs, label=step.label, seed=step.seed
    )
    for cell in plan.cells:
        cell.measures = {
            metric: added if identity == step.identity else identity
            for metric, identity in cell.measures.items()
        }
    del plan.steps[step.identity]
    return plan.steps[added]
