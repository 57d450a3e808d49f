"""A suite unfolded into a graph of steps."""

from __future__ import annotations

from functools import cache
from typing import Any

from benchsuite.engine.adding import Adding
from benchsuite.engine.amounts import before_fresh, human_needed, mixed, to_write, trained_on
from benchsuite.engine.choosing import Choosing
from benchsuite.engine.identities import component_identity
from benchsuite.engine.offers import Offers, metric_class, offers
from benchsuite.engine.steps import Cell, Plan
from benchsuite.identity import derive_seed
from benchsuite.plugins.kinds import Learner, Metric
from benchsuite.plugins.kinds.metric import Need
from benchsuite.suites.mixture import Share, Source
from benchsuite.suites.resolve import Chosen, ResolvedRegime, ResolvedSuite


def plan(suite: ResolvedSuite, device: tuple[str, str]) -> Plan:
    """Unfold a suite. `device` is (kind, precision); it decides the numbers, so it is hashed.

    Reads the fingerprints of all components. Raises `UserError`.
    """
    return _Planner(suite, device).build()


class _Planner:
    def __init__(self, suite: ResolvedSuite, device: tuple[str, str]) -> None:
        self._suite = suite
        self._plan = Plan(suite, device)
        self._learner: Learner[Any] = suite.learner.make()
        self._adding = Adding(self._plan)
        self._budget = suite.suite.budget
        self._flops = cache(self._learner.training_flops)
        self._human_needed = max(
            human_needed(regime, self._budget.amount, suite.last_generation(regime))
            for regime in suite.regimes
        )
        self._regimes = {regime.name: regime for regime in suite.regimes}
        self._human_mixes: dict[int, str] = {}
        self._cells: dict[tuple[str, int, int], Cell] = {}

    def build(self) -> Plan:
        """Add all steps, generation by generation."""
        self._human_steps()
        self._choosing = Choosing(self._suite, self._plan.human, self._adding)
        self._plan.evaluations = self._evaluations()
        for generation in range(self._suite.suite.generations + 1):
            for regime in self._suite.regimes:
                for seed in self._suite.suite.seeds:
                    if generation <= self._suite.last_generation(regime):
                        self._model(regime, generation, seed)
            self._measures(generation)
        return self._plan

    def _human_steps(self) -> None:
        prepared = self._adding.add(
            "prepare",
            self._suite.corpus,
            {"held_out": self._suite.suite.held_out.model_dump(mode="json")},
            {},
            label="prepare the corpus",
        )
        self._plan.prepare = self._plan.human = prepared
        if self._learner.tokenizes:
            self._plan.human = self._adding.add(
                "tokenizer",
                self._suite.learner,
                {},
                {"rows": (prepared,)},
                label="learn the tokenizer",
            )

    def _evaluations(self) -> tuple[str, ...]:
        """Add the steps that tell what metrics evaluate models on, where a metric asks."""
        kinds = [(metric, metric_class(metric)) for metric in self._suite.metrics]
        if not any("evaluations" in kind.needs for _, kind in kinds):
            return ()
        return tuple(
            self._adding.add(
                "evaluation",
                metric,
                {},
                {"human": (self._plan.human,)},
                label=f"list what {metric.name.partition('/')[2]} evaluates on",
            )
            for metric, kind in kinds
            if kind.evaluated is not Metric.evaluated
        )

    def _model(self, regime: ResolvedRegime, generation: int, seed: int) -> None:
        """Add the steps of one model: mix, train, sample, write on."""
        where = f"{regime.name}, generation {generation}, seed {seed}"
        human = self._plan.human
        mix, sources = self._mix(regime, generation, seed, where)
        train = self._train(regime, generation, seed, mix, where)
        wanted = self._suite.suite.samples
        samples = self._adding.add(
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
        if regime.regime.synthetic and generation < self._suite.last_generation(regime):
            cell.written = self._write(regime, generation, seed, train, where)
        self._cells[regime.name, generation, seed] = cell
        self._plan.cells.append(cell)

    def _mix(
        self, regime: ResolvedRegime, generation: int, seed: int, where: str
    ) -> tuple[str, list[str]]:
        """Add the step that puts a training mix together; also return what newly made its rows."""
        mixture = regime.regime.mixture if generation else [_HUMAN_ALONE]
        before: list[Cell] = []
        if any(part.synthetic for part in mixture):
            before = [self._cells[regime.name, g, seed] for g in range(generation)]
        reads_all = any(part.source == "synthetic-all" for part in mixture)
        fresh = any(part.source == "human-fresh" for part in mixture)
        read = before if reads_all else before[-1:]
        written = [cell.written for cell in read if cell.written]
        writers = before[-1:]
        shared: dict[str, tuple[str, ...]] = {}
        if any(part.source == "synthetic-shared" for part in mixture):
            seeds = self._suite.suite.seeds
            writers = [self._cells[regime.name, generation - 1, each] for each in seeds]
            shared = {"shared": tuple(cell.written for cell in writers if cell.written)}
        amount = mixed(regime, self._budget.amount, generation)
        newly = list(dict.fromkeys(step for cell in writers for step in self._writing(cell)))
        chosen: dict[Source, list[str]] = {}
        if generation and regime.choosers:
            start = self._cells[regime.name, 0, seed].train
            chosen = self._choosing.add(regime, generation, seed, start)
            newly += [step for steps in chosen.values() for step in steps]
        mix = self._adding.add(
            "mix",
            None,
            {
                "parts": [part.model_dump(mode="json", exclude={"chosen"}) for part in mixture],
                "amount": amount,
                "unit": self._budget.unit,
                "whole": generation > 0 and regime.regime.keeps_pool,
                "human_seed": derive_seed(seed, "human"),
                "generation": generation if fresh else 0,
                "first": before_fresh(regime, self._budget.amount) if fresh else 0,
            },
            {"human": (self._plan.human,), "written": tuple(written), **shared}
            | {source: (steps[-1],) for source, steps in chosen.items()},
            seed=derive_seed(seed, "mix", generation if before or fresh else 0),
            label=f"mix {where}",
            size=amount,
            human_needed=self._human_needed,
        )
        if generation == 0:
            self._human_mixes[seed] = mix
        return mix, newly

    def _train(
        self, regime: ResolvedRegime, generation: int, seed: int, mix: str, where: str
    ) -> str:
        """Add the step that trains a model, from where the regime says."""
        inputs = {"rows": (mix,), "human": (self._plan.human,)}
        init, size = regime.regime.init, trained_on(regime, self._budget.amount, generation)
        whole = generation > 0 and regime.regime.keeps_pool
        if init == "previous" and generation:
            inputs["previous"] = (self._cells[regime.name, generation - 1, seed].train,)
        elif init == "previous":
            init = "base" if "base" in self._learner.inits else "scratch"
        return self._adding.add(
            "train",
            self._suite.learner,
            {
                "amount": mixed(regime, self._budget.amount, generation),
                "unit": self._budget.unit,
                "budget": regime.regime.budget if whole else "equal",
                "init": init,
            },
            inputs,
            # Not the regime: a model and its control share their order and initialisation.
            seed=derive_seed(seed, "train", generation),
            label=f"train {where}",
            size=size,
            flops=self._flops(size if self._budget.unit == "tokens" else 0),
        )

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
        amount = to_write(regime, self._budget.amount, len(self._suite.suite.seeds))
        inputs = {"model": (train,), "human": (self._plan.human,)}
        prompts: dict[str, Any] = {}
        prompting: dict[str, tuple[str, ...]] = {}
        if not isinstance(regime.regime.prompts, str):
            prompts = {"prompts": regime.regime.prompts.model_dump(mode="json")}
            prompting = {"prompts": (self._human_mixes[seed],)}
        rows = self._adding.add(
            "generate",
            regime.generator,
            {
                "amount": amount,
                "unit": self._budget.unit,
                "decoding": regime.regime.decoding.model_dump(mode="json"),
                **prompts,
            },
            {**inputs, **prompting},
            seed=derive_seed(seed, "generate", generation),
            label=f"generate {where}",
            size=amount,
        )
        for grader, keep in regime.graders:
            rows = self._adding.add(
                "grade",
                grader,
                {"keep": keep.model_dump(mode="json"), "unit": self._budget.unit},
                {"rows": (rows,), **inputs},
                seed=derive_seed(seed, "grade", generation),
                label=f"grade {where}",
                size=amount,
            )
        return rows

    def _measures(self, generation: int) -> None:
        """Add the steps that measure the models of a generation."""
        cells = [cell for cell in self._plan.cells if cell.generation == generation]
        for cell in cells:
            before = self._cells.get((cell.regime, generation - 1, cell.seed))
            offered = offers(cell, before, cells, self._human_mixes[cell.seed], self._plan)
            for metric in self._suite.metrics:
                cell.measures[metric.name] = self._measure(metric, cell, offered)

    def _measure(self, metric: Chosen, cell: Cell, offered: Offers) -> str:
        """Add the step that measures one model with one metric, given only what it needs."""
        inputs: dict[str, tuple[str, ...]] = {"human": (self._plan.human,)}
        for need in sorted(metric_class(metric).needs - _SAID):
            inputs |= {role: ids for role, ids in offered[need].items() if ids}
        where = f"{cell.regime}, generation {cell.generation}, seed {cell.seed}"
        arguments: dict[str, Any] = {}
        if "place" in metric_class(metric).needs:
            arguments["place"] = self._place(cell)
        if "graders" in metric_class(metric).needs:
            arguments["graders"] = self._graders(cell)
        return self._adding.add(
            "measure",
            metric,
            arguments,
            inputs,
            # One seed for all, so that models measured at once are as if measured alone.
            seed=derive_seed("measure"),
            label=f"measure {metric.name.partition('/')[2]} of {where}",
        )

    def _place(self, cell: Cell) -> dict[str, Any]:
        """Say where in the run a model stands, for metrics that know what it should be there."""
        return {
            "generation": cell.generation,
            "budget": {"amount": self._budget.amount, "unit": self._budget.unit},
            "regime": self._regimes[cell.regime].document(),
            "corpus": self._suite.corpus.document(),
            "learner": self._suite.learner.document(),
        }

    def _graders(self, cell: Cell) -> list[dict[str, Any]]:
        """Say which graders judge what a model writes, by which rules, with which seed."""
        return [
            {
                "grader": grader.document(),
                "keep": keep.model_dump(mode="json"),
                "identity": [component_identity(grader), self._adding.fingerprint(grader)],
                # That of the grade step: what a grader draws differs from model to model.
                "seed": derive_seed(cell.seed, "grade", cell.generation),
            }
            for grader, keep in self._regimes[cell.regime].graders
        ]


_SAID: frozenset[Need] = frozenset({"place", "graders"})
"""What a metric is told in the arguments of its steps; all else that it needs is an input."""

_HUMAN_ALONE = Share(source="human-fixed", share=1.0)
"""What generation 0 is trained on, whatever the mixture says."""
