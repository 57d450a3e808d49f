"""The card of a generation of a regime's models, as the Hugging Face Hub reads it.

https://huggingface.co/docs/hub/model-cards, with measurements as `model-index`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from benchsuite.engine.steps import Plan
from benchsuite.records.cards.markdown import code, escaped
from benchsuite.records.cards.told import limits, making
from benchsuite.records.record import Comparison, Record
from benchsuite.records.report.numbers import inert
from benchsuite.suites.explain import pieces
from benchsuite.suites.resolve import ResolvedRegime


def model_card(
    regime: ResolvedRegime, generation: int, plan: Plan, record: Record, measurements: pa.Table
) -> str:
    """Return the card of a generation's models of a regime, one a seed, as Markdown."""
    from huggingface_hub import EvalResult, ModelCardData

    name = f"{record.suite.name}-{regime.name}-generation-{generation}"
    means = list(_means(measurements, regime.name, generation))
    results = [
        EvalResult(
            task_type="text-generation" if _texts(record) else "other",
            dataset_type=f"benchsuite/{record.suite.name}",
            dataset_name=f"benchsuite suite {record.suite.name} {record.suite.version}",
            dataset_revision=record.suite.digest,
            metric_type=_plain(f"{metric} {slice_}"),
            metric_name=_plain(f"{metric}, {slice_} ({unit})"),
            metric_value=value,
        )
        for metric, slice_, unit, value in means
    ]
    data = ModelCardData(
        model_name=name,
        eval_results=results or None,
        library_name="transformers" if _texts(record) else None,
        tags=["benchsuite", "synthetic-data", f"regime-{regime.name}"],
    )
    body = "\n\n".join(_body(regime, plan, record, name, generation))
    return f"---\n{data.to_yaml()}\n---\n\n{body}\n"


def _body(
    regime: ResolvedRegime, plan: Plan, record: Record, name: str, generation: int
) -> Iterator[str]:
    suite = plan.suite.suite
    yield f"# {escaped(name)}"
    yield (
        f"{escaped(regime.regime.summary)}\n\nModels of generation {generation} of the regime "
        f"{code(regime.name)} {regime.regime.version}, one for each of the seeds "
        f"{', '.join(map(str, record.seeds))}, trained by benchsuite "
        f"{escaped(record.environment.benchsuite)} in the suite {code(suite.suite)} "
        f"{suite.version}. They serve to measure what training on synthetic data does, and "
        "nothing else."
    )
    cells = [c for c in plan.cells if c.regime == regime.name and c.generation == generation]
    checkpoints = [f"- seed {c.seed}: `steps/{c.train[:2]}/{c.train}`" for c in cells]
    yield "## Checkpoints\n\nIn the store of the run:\n\n" + "\n".join(checkpoints)
    mix = [
        f"- {piece.words}: {piece.size:.3g} of a budget"
        for piece in pieces(regime.regime, generation)
    ]
    yield (
        f"## Training data\n\nGeneration {generation} learned from:\n\n" + "\n".join(mix) + "\n\n"
        f"The human text comes from {code(plan.suite.corpus.name)}, digest "
        f"`{record.corpus.digest}`."
    )
    knobs = [
        f"| {key} | {escaped(words)} |" for key, words in making(regime, plan.suite, record).items()
    ]
    yield "## Regime\n\n| knob | value |\n|---|---|\n" + "\n".join(knobs)
    yield _compared(regime, record, generation)
    yield "## Limits\n\n" + "\n".join(
        f"- {escaped(limit)}" for limit in limits(plan.suite, record, regime.name)
    )
    yield f"## How to get it again\n\n{code(record.command)}"


def _compared(regime: ResolvedRegime, record: Record, generation: int) -> str:
    """Tell how the models did against the control's."""
    entry = next(each for each in record.regimes if each.name == regime.name)
    if entry.control:
        return "## Against the control\n\nThis regime is the control: it learned from human text."
    found = [c for c in record.comparisons if (c.regime, c.generation) == (regime.name, generation)]
    head = (
        f"## Against the control\n\nMeans over {len(record.seeds)} seeds, beside those of "
        f"{code(entry.against)} at the same generation and budget; the difference has a 95 % "
        "interval (Student's t over seeds) where there are two seeds or more.\n\n"
        "| measurement | unit | value | control | difference | verdict |\n"
        "|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(map(_row, found)) if found else "## Against the control\n\nNothing."


def _row(found: Comparison) -> str:
    interval = "" if found.lower is None else f" [{found.lower:.4g}, {found.upper:.4g}]"
    cells = [
        escaped(f"{found.metric} {found.slice}"),
        escaped(found.unit),
        _number(found.value),
        _number(found.control),
        f"{_number(found.difference)}{interval}",
        found.verdict + (", contaminated" if found.contaminated else ""),
    ]
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "\u2013" if value is None else f"{value:.4g}"


def _means(
    measurements: pa.Table, regime: str, generation: int
) -> Iterator[tuple[str, str, str, float]]:
    """Yield each measurement's mean over seeds, where every seed has it."""
    at = pc.and_(
        pc.equal(measurements["regime"], regime), pc.equal(measurements["generation"], generation)
    )
    of = measurements.filter(at).group_by(["metric", "slice", "unit"], use_threads=False)
    found = of.aggregate([("value", "mean"), ("value", "count"), ("seed", "count")])
    for row in found.to_pylist():
        if row["value_count"] == row["seed_count"]:
            yield row["metric"], row["slice"], row["unit"], row["value_mean"]


def _texts(record: Record) -> bool:
    """Whether the models read tokens, which only models of text do."""
    return any(split.tokens is not None for split in record.corpus.splits)


def _plain(text: str) -> str:
    return " ".join(inert(text).split())
