"""A suite unfolded into a graph of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Literal, get_args

from benchsuite.engine.identities import component_identity, fingerprint, operation_digest
from benchsuite.identity import derive_seed, digest
from benchsuite.plugins.kinds import Learner, Metric
from benchsuite.plugins.loading import load
from benchsuite.suites.resolve import Chosen, ResolvedRegime, ResolvedSuite

StepKind = Literal["prepare", "tokenizer", "mix", "train", "generate", "grade", "measure"]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)

Inputs = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Step:
    """One pure piece of work.

    `identity` hashes everything above it: equal steps are one step. `inputs` maps roles to
    identities of steps. `size` is the work in tokens (or rows), `flops` what it should take
    in floating-point operations; with `label` they serve progress and estimates alone.
    """

    kind: StepKind
    component: Chosen | None
    arguments: Mapping[str, Any]
    inputs: Inputs
    seed: int
    label: str = field(compare=False)
    size: int = field(default=0, compare=False)
    flops: int = field(default=0, compare=False)
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


def plan(suite: ResolvedSuite, device: tuple[str, str]) -> Plan:
    """Unfold a suite. `device` is (kind, precision); it decides the numbers, so it is hashed.

    Reads the fingerprints of corpus and learner. Raises `UserError`.
    """
    return _Planner(suite, device).build()


class _Planner:
    def __init__(self, suite: ResolvedSuite, device: tuple[str, str]) -> None:
        self._suite = suite
        self._plan = Plan(suite, device)
        self._learner: Learner[Any] = suite.learner.make()
        base = fingerprint(suite.learner)
        self._base = {"fingerprint": base} if base else {}
        self._budget = suite.suite.budget
        tokens = self._budget.amount if self._budget.unit == "tokens" else 0
        self._flops = self._learner.training_flops(tokens)
        self._cells: dict[tuple[str, int, int], Cell] = {}

    def build(self) -> Plan:
        """Add all steps, generation by generation."""
        self._human_steps()
        for generation in range(self._suite.suite.generations + 1):
            for regime in self._suite.regimes:
                for seed in self._suite.suite.seeds:
                    self._model(regime, generation, seed)
        return self._plan

    def _human_steps(self) -> None:
        prepared = self._add(
            "prepare",
            self._suite.corpus,
            {
                "held_out": self._suite.suite.held_out.model_dump(mode="json"),
                "fingerprint": fingerprint(self._suite.corpus),
            },
            {},
            label="prepare the corpus",
        )
        self._plan.prepare = self._plan.human = prepared
        if self._learner.tokenizes:
            self._plan.human = self._add(
                "tokenizer",
                self._suite.learner,
                self._base,
                {"rows": (prepared,)},
                label="learn the tokenizer",
            )

    def _model(self, regime: ResolvedRegime, generation: int, seed: int) -> None:
        """Add the steps of one model: mix, train, sample, measure, write on."""
        where = f"{regime.name}, generation {generation}, seed {seed}"
        human = self._plan.human
        mix, sources = self._mix(regime, generation, seed, where)
        budget = {"amount": self._budget.amount, "unit": self._budget.unit}
        train = self._add(
            "train",
            self._suite.learner,
            {**budget, **self._base},
            {"rows": (mix,), "human": (human,)},
            # Not the regime: a model and its control share their order and initialisation.
            seed=derive_seed(seed, "train", generation),
            label=f"train {where}",
            size=self._budget.amount,
            flops=self._flops,
        )
        wanted = self._suite.suite.samples
        samples = self._add(
            "generate",
            self._suite.sampler,
            {
                "amount": wanted.budget.amount,
                "unit": wanted.budget.unit,
                "decoding": wanted.decoding.model_dump(mode="json"),
            },
            {"model": (train,), "human": (human,)},
            seed=derive_seed(seed, "samples", generation),
            label=f"sample {where}",
            size=wanted.budget.amount,
        )
        cell = Cell(regime.name, generation, seed, mix, train, samples)
        cell.spent = [train, *sources]
        if regime.regime.synthetic and generation < self._suite.suite.generations:
            cell.written = self._write(regime, generation, seed, train, where)
        for metric in self._suite.metrics:
            cell.measures[metric.name] = self._measure(metric, regime, cell, where)
        self._cells[regime.name, generation, seed] = cell
        self._plan.cells.append(cell)

    def _mix(
        self, regime: ResolvedRegime, generation: int, seed: int, where: str
    ) -> tuple[str, list[str]]:
        """Add the step that puts a training mix together; also return what newly made its rows."""
        parts: list[dict[str, Any]] = [{"source": "human-fixed", "share": 1.0}]
        before: list[Cell] = []
        if generation > 0 and regime.regime.synthetic:
            parts = [part.model_dump(mode="json") for part in regime.regime.mixture]
            before = [self._cells[regime.name, g, seed] for g in range(generation)]
        reads_all = any(part["source"] == "synthetic-all" for part in parts)
        read = before if reads_all else before[-1:]
        written = [cell.written for cell in read if cell.written]
        fresh = [] if not before else self._writing(before[-1])
        mix = self._add(
            "mix",
            None,
            {
                "parts": parts,
                "amount": self._budget.amount,
                "unit": self._budget.unit,
                "human_seed": derive_seed(seed, "human"),
            },
            {"human": (self._plan.human,), "written": tuple(written)},
            seed=derive_seed(seed, "mix", generation if before else 0),
            label=f"mix {where}",
            size=self._budget.amount,
        )
        return mix, fresh

    def _writing(self, cell: Cell) -> list[str]:
        """Return the generate and grade steps behind the rows that a model wrote."""
        chain, identity = [], cell.written
        while identity:
            step = self._plan.steps[identity]
            chain.append(identity)
            identity = step.inputs["rows"][0] if step.kind == "grade" else None
        return chain

    def _write(
        self, regime: ResolvedRegime, generation: int, seed: int, train: str, where: str
    ) -> str:
        """Add the steps that make (and grade) the rows that later generations learn from."""
        assert regime.generator is not None, "checked when the regime was read"
        amount = _to_write(regime, self._budget.amount)
        inputs = {"model": (train,), "human": (self._plan.human,)}
        rows = self._add(
            "generate",
            regime.generator,
            {
                "amount": amount,
                "unit": self._budget.unit,
                "decoding": regime.regime.decoding.model_dump(mode="json"),
            },
            inputs,
            seed=derive_seed(seed, "generate", generation),
            label=f"generate {where}",
            size=amount,
        )
        for grader, keep in regime.graders:
            rows = self._add(
                "grade",
                grader,
                {"keep": keep.model_dump(mode="json"), "unit": self._budget.unit},
                {"rows": (rows,), **inputs},
                seed=derive_seed(seed, "grade", generation),
                label=f"grade {where}",
                size=amount,
            )
        return rows

    def _measure(self, metric: Chosen, regime: ResolvedRegime, cell: Cell, where: str) -> str:
        """Add the step that measures one model with one metric, given only what it needs."""
        kind = load(metric.registered)
        assert issubclass(kind, Metric)
        offered: dict[str, tuple[str, ...]] = {
            "model": (cell.train,),
            "samples": (cell.samples,),
            "training": (cell.mix,),
            "ledger": tuple(cell.spent),
        }
        inputs: dict[str, tuple[str, ...]] = {"human": (self._plan.human,)}
        inputs |= {role: ids for role, ids in offered.items() if role in kind.needs}
        return self._add(
            "measure",
            metric,
            {"place": self._place(regime, cell)} if "place" in kind.needs else {},
            inputs,
            # One seed for all, so that models measured at once are as if measured alone.
            seed=derive_seed("measure"),
            label=f"measure {metric.name.partition('/')[2]} of {where}",
        )

    def _place(self, regime: ResolvedRegime, cell: Cell) -> dict[str, Any]:
        """Say where in the run a model stands, for metrics that know what it should be there."""
        return {
            "generation": cell.generation,
            "budget": {"amount": self._budget.amount, "unit": self._budget.unit},
            "regime": regime.document(),
            "corpus": self._suite.corpus.document(),
            "learner": self._suite.learner.document(),
        }

    def _add(
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
    ) -> str:
        """Add a step unless an equal one is there; return its identity."""
        identity = digest(
            {
                "kind": kind,
                "operation": operation_digest(kind),
                "component": component and component_identity(component),
                "arguments": arguments,
                "inputs": inputs,
                "seed": seed,
                "device": self._plan.device if kind in _ON_DEVICE else None,
            }
        )
        step = Step(kind, component, arguments, inputs, seed, label, size, flops, identity)
        self._plan.steps.setdefault(identity, step)
        return identity


_ON_DEVICE: Sequence[StepKind] = ("train", "generate", "grade", "measure")
"""Kinds of step whose numbers depend on device and precision."""


def _to_write(regime: ResolvedRegime, budget: int) -> int:
    """Return how much to generate so that what the graders keep still fills the mix."""
    shares = [part.share for part in regime.regime.synthetic]
    share = max(1.0 if isinstance(share, str) else share for share in shares)
    for _, keep in regime.graders:
        share /= keep.best
    return ceil(budget * share)
