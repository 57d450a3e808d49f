"""The card of a checkpoint, as the Hugging Face Hub reads it.

https://huggingface.co/docs/hub/model-cards, with measurements as `model-index`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import yaml

from benchsuite.engine.steps import Cell, Plan
from benchsuite.records.cards.markdown import code, escaped
from benchsuite.records.cards.told import limits, making
from benchsuite.records.record import Comparison, Record
from benchsuite.records.report.numbers import inert
from benchsuite.suites.explain import pieces

_Measured = tuple[str, str, str, float | None]
"""Metric, slice, unit, value."""


def card_name(cells: Sequence[Cell]) -> str:
    """Return what a checkpoint's card is called: after the first of the regimes that have it."""
    first = cells[0]
    return f"{first.regime}-seed-{first.seed}-generation-{first.generation}"


class ModelCards:
    """Writes the cards of a run's checkpoints; what is the same in many is put together once."""

    def __init__(self, plan: Plan, record: Record, measurements: pa.Table) -> None:
        self._plan, self._record = plan, record
        self._entries = {entry.name: entry for entry in record.regimes}
        self._regimes = {regime.name: regime for regime in plan.suite.regimes}
        self._making = {
            name: making(regime, plan.suite, record) for name, regime in self._regimes.items()
        }
        self._limits = {name: limits(plan.suite, record, name) for name in self._regimes}
        self._measured = _by_model(measurements)
        self._compared: dict[tuple[str, int], list[Comparison]] = defaultdict(list)
        for found in record.comparisons:
            self._compared[found.regime, found.generation].append(found)
        # Only models of text read tokens.
        self._texts = any(split.tokens is not None for split in record.corpus.splits)

    def card(self, cells: Sequence[Cell]) -> str:
        """Return the card of a checkpoint as Markdown; `cells` are all whose model it is."""
        from huggingface_hub import EvalResult, ModelCardData

        name, suite = f"{self._record.suite.name}-{card_name(cells)}", self._record.suite
        results = [
            EvalResult(
                task_type="text-generation" if self._texts else "other",
                dataset_type=f"benchsuite/{suite.name}",
                dataset_name=f"benchsuite suite {suite.name} {suite.version}",
                dataset_revision=suite.digest,
                metric_type=_plain(f"{metric} {slice_}"),
                metric_name=_plain(f"{metric}, {slice_} ({unit})"),
                metric_value=value,
            )
            for metric, slice_, unit, value in self._of(cells[0])
            if value is not None
        ]
        data = ModelCardData(
            model_name=name,
            eval_results=results or None,
            library_name="transformers" if self._texts else None,
            tags=["benchsuite", "synthetic-data", *(f"regime-{cell.regime}" for cell in cells)],
        )
        body = "\n\n".join(self._body(cells, name))
        front = _yaml(data.to_dict())  # type: ignore[no-untyped-call]
        return f"---\n{front}---\n\n{body}\n"

    def _of(self, cell: Cell) -> list[_Measured]:
        return self._measured.get((cell.regime, cell.generation, cell.seed), [])

    def _body(self, cells: Sequence[Cell], name: str) -> Iterator[str]:
        first, suite = cells[0], self._plan.suite.suite
        yield f"# {escaped(name)}"
        yield (
            f"{self._whose(cells)}, trained by benchsuite "
            f"{escaped(self._record.environment.benchsuite)} in the suite {code(suite.suite)} "
            f"{suite.version}. It serves to measure what training on synthetic data does, and "
            "nothing else."
        )
        yield (f"## Checkpoint\n\nIn the store of the run: `steps/{first.train[:2]}/{first.train}`")
        mix = [
            f"- {piece.words}: {piece.size:.3g} of a budget"
            for piece in pieces(self._regimes[first.regime].regime, first.generation)
        ]
        yield (
            "## Training data\n\nIt learned from:\n\n"
            + "\n".join(mix)
            + "\n\n"
            + (
                f"The human text comes from {code(self._plan.suite.corpus.name)}, digest "
                f"`{self._record.corpus.digest}`."
            )
        )
        yield self._knobs(cells)
        yield self._against(cells)
        known = dict.fromkeys(limit for cell in cells for limit in self._limits[cell.regime])
        yield "## Limits\n\n" + "\n".join(f"- {escaped(limit)}" for limit in known)
        yield f"## How to get it again\n\n{code(self._record.command)}"

    def _whose(self, cells: Sequence[Cell]) -> str:
        """Say whose model it is: generation 0 is trained once for all regimes that start alike."""
        place = f"generation {cells[0].generation} with seed {cells[0].seed}"
        named = [f"{code(c.regime)} {self._regimes[c.regime].regime.version}" for c in cells]
        if len(cells) == 1:
            summary = escaped(self._regimes[cells[0].regime].regime.summary)
            return f"{summary}\n\nThe model of {place} of the regime {named[0]}"
        return (
            f"The model of {place} of the regimes {', '.join(named)}, which are the same up to "
            "here and share this checkpoint"
        )

    def _knobs(self, cells: Sequence[Cell]) -> str:
        """Tell the knobs of the regime; of several, what each is and the knobs they agree in."""
        told = [self._making[cell.regime] for cell in cells]
        same = {k: words for k, words in told[0].items() if all(e.get(k) == words for e in told)}
        table = "| knob | value |\n|---|---|\n" + "\n".join(
            f"| {key} | {escaped(words)} |" for key, words in same.items()
        )
        if len(cells) == 1:
            return f"## Regime\n\n{table}"
        each = [
            f"- {code(cell.regime)}: {escaped(self._regimes[cell.regime].regime.summary)}"
            for cell in cells
        ]
        return "## Regimes\n\n" + "\n".join(each) + f"\n\nAll of them have:\n\n{table}"

    def _against(self, cells: Sequence[Cell]) -> str:
        """Tell how the model did, beside the means over seeds of its regime and of the control."""
        title, first = "## Against the control\n\n", cells[0]
        for cell in cells:
            if self._entries[cell.regime].control:
                return f"{title}This is a model of the control {code(cell.regime)} itself."
        found = self._compared[first.regime, first.generation]
        own = {(metric, slice_): value for metric, slice_, _, value in self._of(first)}
        head = (
            f"{title}This model, the mean over {len(self._record.seeds)} seeds of its regime, and "
            f"that of {code(self._entries[first.regime].against)} at the same generation and "
            "budget; the difference of the means has a 95 % interval (Student's t over seeds) "
            "where there are two seeds or more.\n\n"
            "| measurement | unit | this model | mean | control | difference | verdict |\n"
            "|---|---|---|---|---|---|---|\n"
        )
        rows = [_row(each, own.get((each.metric, each.slice))) for each in found]
        return head + "\n".join(rows) if rows else f"{title}Nothing."


def _yaml(data: dict[str, Any]) -> str:
    # As ModelCardData.to_yaml, in a tenth of the time where PyYAML comes with libyaml.
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(data, Dumper=dumper, sort_keys=False, allow_unicode=True)
    return text


def _by_model(measurements: pa.Table) -> dict[tuple[str, int, int], list[_Measured]]:
    """Return what was measured of each model: by regime, generation and seed."""
    wanted = ("regime", "generation", "seed", "metric", "slice", "unit", "value")
    found: dict[tuple[str, int, int], list[_Measured]] = defaultdict(list)
    for regime, generation, seed, *measured in zip(
        *(measurements[name].to_pylist() for name in wanted), strict=True
    ):
        found[regime, generation, seed].append(tuple(measured))
    return found


def _row(found: Comparison, own: float | None) -> str:
    interval = "" if found.lower is None else f" [{found.lower:.4g}, {found.upper:.4g}]"
    cells = [
        escaped(f"{found.metric} {found.slice}"),
        escaped(found.unit),
        _number(own),
        _number(found.value),
        _number(found.control),
        f"{_number(found.difference)}{interval}",
        found.verdict + (", contaminated" if found.contaminated else ""),
    ]
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "\u2013" if value is None else f"{value:.4g}"


def _plain(text: str) -> str:
    return " ".join(inert(text).split())
