"""What a plan consists of: steps, and the models that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from benchsuite.suites.resolve import Chosen, ResolvedSuite

StepKind = Literal[
    "prepare", "tokenizer", "evaluation", "mix", "train", "generate", "grade", "measure"
]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)

Inputs = Mapping[str, tuple[str, ...]]

PEERS = "peers."
"""What roles begin with in which a measure step is given samples of other models."""


@dataclass(frozen=True)
class Step:
    """One pure piece of work.

    `identity` hashes everything above it: equal steps are one step. `inputs` maps roles to
    identities of steps. `size` is the work in tokens (or rows), `flops` what it should take
    in floating-point operations; with `label` they serve progress and estimates alone.
    `human_needed` is how much human text the plan draws for a seed, for an early refusal.
    """

    kind: StepKind
    component: Chosen | None
    arguments: Mapping[str, Any]
    inputs: Inputs
    seed: int
    label: str = field(compare=False)
    size: int = field(default=0, compare=False)
    flops: int = field(default=0, compare=False)
    human_needed: int = field(default=0, compare=False)
    identity: str = ""

    @property
    def needs(self) -> list[str]:
        """Identities of the steps that must be finished before."""
        return [identity for role in self.inputs.values() for identity in role]


@dataclass
class Cell:
    """One model of a run: a regime's generation with a seed, and the steps around it."""

    regime: str
    generation: int
    seed: int
    mix: str
    train: str
    samples: str
    written: str | None = None
    """The rows it wrote for later generations to learn from (graded, where there are graders)."""
    spent: list[str] = field(default_factory=list)
    """Steps whose cost is this model's: its training, and what made its synthetic rows."""
    measures: dict[str, str] = field(default_factory=dict)


@dataclass
class Plan:
    """Steps in an order in which they can be done, and the models they make."""

    suite: ResolvedSuite
    device: tuple[str, str]
    steps: dict[str, Step] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    prepare: str = ""
    human: str = ""
    evaluations: tuple[str, ...] = ()
    """Steps that list the texts which metrics evaluate models on."""
