"""The steps of a suite's plan, each done with other packages.

The plan says which models are trained on what, which of them regimes share, and every seed; the
human rows with their splits and the tokenizer come from a store, so that both sides see the
same. Everything else is done here.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow.parquet as pq
from peer_metrics import Human, Spent, Subject, measure
from peer_model import Row, Scorer, Shape, generate, initialised, train
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from benchsuite.engine.steps import Cell, Plan, Step
from benchsuite.engine.store import Store
from benchsuite.errors import UserError


@dataclass(frozen=True)
class Given:
    """What both sides start from."""

    human: Human
    tokenizer: PreTrainedTokenizerFast
    shape: Shape


def given(plan: Plan, store: Store) -> Given:
    """Read human rows and tokenizer from a store. Raises `UserError` where it lacks them."""
    if not store.present([plan.human]):
        raise UserError(
            f"the store {store.url} lacks this suite's human rows and tokenizer; "
            "do `benchsuite run` with the same suite and --store first."
        )
    folder = store.path(plan.human)
    rows = pq.read_table(folder / "rows.parquet").to_pylist()
    splits = {
        split.replace("-", "_"): [
            Row(row["text"], row["token_ids"]) for row in rows if row["split"] == split
        ]
        for split in ("train", "validation", "test", "out-of-domain")
    }
    chosen = plan.suite.learner.parameters
    return Given(
        Human(**splits),
        _opened_tokenizer(folder),
        Shape(*(getattr(chosen, name) for name in Shape._fields)),
    )


def _opened_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """Open the tokenizer in a step's folder."""
    return PreTrainedTokenizerFast.from_pretrained(folder)


def spent_flops(model: LlamaForCausalLM, tokens: int, passes: int) -> int:
    """Operations by the formula of PaLM (arXiv:2204.02311, appendix B); training is 3 passes."""
    config = model.config
    attention = 2 * config.num_hidden_layers * config.max_position_embeddings * config.hidden_size
    return passes * tokens * (2 * model.num_parameters() + attention)


@dataclass
class Grid:
    """A plan that is being done, step by step."""

    plan: Plan
    given: Given
    seconds: Counter[str] = field(default_factory=Counter)
    _made: dict[str, Any] = field(default_factory=dict)
    _kept: dict[str, list[Row]] = field(default_factory=dict)
    _spent: dict[str, Spent] = field(default_factory=dict)

    def run(self) -> list[dict[str, Any]]:
        """Do all steps, then measure all models; return the measurements."""
        work: dict[str, Callable[[Step], tuple[Any, int, int]]] = {
            "mix": self._mix,
            "train": self._train,
            "generate": self._generate,
            "grade": self._grade,
        }
        steps = [step for step in self.plan.steps.values() if step.kind in work]
        for number, step in enumerate(steps, 1):
            started = time.perf_counter()
            made, tokens, flops = work[step.kind](step)
            seconds = time.perf_counter() - started
            self.seconds[step.kind] += seconds
            self._made[step.identity] = made
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            self._spent[step.identity] = Spent(tokens, flops, seconds, peak)
            if step.kind != "mix":
                _say(f"{number}/{len(steps)} {step.label}: {seconds:.1f} s")
        return self._measure_all()

    def _rows(self, identity: str) -> list[Row]:
        """What a step wrote, without what graders dropped."""
        return self._kept.get(identity, self._made[identity])

    def _mix(self, step: Step) -> tuple[list[Row], int, int]:
        parts, amount = step.arguments["parts"], step.arguments["amount"]
        generator = np.random.default_rng(step.seed)
        human = _shuffled(
            self.given.human.train, np.random.default_rng(step.arguments["human_seed"])
        )
        human = _first(human, amount)
        written = [self._rows(identity) for identity in step.inputs["written"]]
        pools = {
            "human-fixed": human,
            "synthetic-last": written[-1] if written else [],
            "synthetic-all": [row for rows in written for row in rows],
        }
        if all(part["share"] == "everything" for part in parts):
            pool = [row for part in parts for row in pools[part["source"]]]
            drawn = _first(_shuffled(pool, generator), amount)
        else:
            drawn = []
            for part in parts:
                pool = pools[part["source"]]
                if part["source"] != "human-fixed":  # its draw is the same in all generations
                    pool = _shuffled(pool, generator)
                drawn += _first(pool, round(part["share"] * amount))
        return _shuffled(drawn, generator), 0, 0

    def _train(self, step: Step) -> tuple[LlamaForCausalLM, int, int]:
        rows, shape = self._made[step.inputs["rows"][0]], self.given.shape
        tokenizer, precision = self.given.tokenizer, self.plan.device[1]
        blocks = shape.blocks(rows, step.arguments["amount"], tokenizer.eos_token_id)
        model = initialised(shape, len(tokenizer), tokenizer.eos_token_id, step.seed)
        train(model, blocks, shape, step.seed, precision)
        tokens = shape.epochs * len(blocks) * shape.length
        return model, tokens, spent_flops(model, tokens, 3)

    def _generate(self, step: Step) -> tuple[list[Row], int, int]:
        model, arguments = self._model(step), step.arguments
        rows = generate(
            model, self.given.tokenizer, arguments["amount"], arguments["decoding"], step.seed
        )
        tokens = sum(row.size for row in rows)
        return rows, tokens, spent_flops(model, tokens, 1)

    def _grade(self, step: Step) -> tuple[list[Row], int, int]:
        """Keep the best share by mean log-likelihood a token, as the quickstart's grader does."""
        assert step.component is not None
        if step.component.name != "graders/self-likelihood":
            raise UserError(f"{step.label}: only graders/self-likelihood has a counterpart here.")
        rows = self._rows(step.inputs["rows"][0])
        model = self._model(step)
        sizes = np.array([row.size for row in rows])
        scores = Scorer(model, self.given.tokenizer).rows(rows) / sizes
        best = [rows[i] for i in np.argsort(-scores, kind="stable")]
        share = step.arguments["keep"]["best"]
        self._kept[step.identity] = _first(best, share * int(sizes.sum()))
        tokens = int(sizes.sum())
        return rows, tokens, spent_flops(model, tokens, 1)

    def _model(self, step: Step) -> LlamaForCausalLM:
        model: LlamaForCausalLM = self._made[step.inputs["model"][0]]
        return model

    def _measure_all(self) -> list[dict[str, Any]]:
        """Measure each model once, though generation 0 stands there for every regime."""
        found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        measurements = []
        for number, cell in enumerate(self.plan.cells, 1):
            same = (cell.train, cell.samples, *cell.spent)
            if same not in found:
                started = time.perf_counter()
                found[same] = flat(measure(self._subject(cell), metrics_of(self.plan)))
                seconds = time.perf_counter() - started
                self.seconds["measure"] += seconds
                _say(
                    f"{number}/{len(self.plan.cells)} measure {cell.regime}, "
                    f"generation {cell.generation}, seed {cell.seed}: {seconds:.1f} s"
                )
            where = {"regime": cell.regime, "generation": cell.generation, "seed": cell.seed}
            measurements += [{**where, **row} for row in found[same]]
        return measurements

    def _subject(self, cell: Cell) -> Subject:
        kinds: dict[str, list[Spent]] = {}
        for identity in cell.spent:
            kinds.setdefault(self.plan.steps[identity].kind, []).append(self._spent[identity])
        return Subject(
            human=self.given.human,
            model=Scorer(self._made[cell.train], self.given.tokenizer),
            samples=self._made[cell.samples],
            training=self._made[cell.mix],
            ledger={kind: _sum(parts) for kind, parts in kinds.items()},
        )


def metrics_of(plan: Plan) -> dict[str, Any]:
    """Parameters of the suite's metrics by name."""
    return {metric.name: metric.parameters for metric in plan.suite.metrics}


def flat(measured: Mapping[str, Mapping[str, float | None]]) -> list[dict[str, Any]]:
    """One entry for each metric and slice."""
    return [
        {"metric": metric, "slice": name, "value": None if value is None else float(value)}
        for metric, slices in measured.items()
        for name, value in slices.items()
    ]


def _sum(parts: Sequence[Spent]) -> Spent:
    tokens, flops, seconds, memory = zip(
        *((p.tokens, p.flops, p.seconds, p.peak_memory) for p in parts), strict=True
    )
    return Spent(sum(tokens), sum(flops), sum(seconds), max(memory))


def _shuffled(rows: Sequence[Row], generator: np.random.Generator) -> list[Row]:
    return [rows[i] for i in generator.permutation(len(rows))]


def _first(rows: Sequence[Row], amount: float) -> list[Row]:
    """The first rows that together hold `amount` tokens; the last may overrun it."""
    ends = np.cumsum([row.size for row in rows])
    return list(rows[: int(np.searchsorted(ends, amount)) + 1])


def _say(line: str) -> None:
    click.echo(line, err=True)
