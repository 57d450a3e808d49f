"""The closing table of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchsuite.records.failures import causes
from benchsuite.records.record import Comparison, Record
from benchsuite.records.report.claims import told
from benchsuite.records.report.equal_quality import told as equal_quality

_GOOD = {"higher": "higher is better", "lower": "lower is better", "zero": "0 is best"}
_ROUNDING = 1e-12
"""Differences smaller than this are rounding errors of equal values."""
_STYLES = {"better": "green", "worse": "red", "unclear": "dim"}
_CLAIM_STYLES = {"reproduced": "green", "not reproduced": "red", "not resolved": "dim"}
_COST_STYLES = {"cheaper": "green", "dearer": "red", "unclear": "dim"}
_SIGNS = {"better": "▲ better", "worse": "▼ worse", "unclear": "· unclear"}


def print_results(record: Record, directory: Path) -> None:
    """Print what a newcomer wants to know first, and where the rest lies."""
    console = Console(highlight=False)
    last = {regime.name: regime.generations for regime in record.regimes}
    headlines = [
        comparison
        for comparison in record.comparisons
        if comparison.headline and comparison.generation == last[comparison.regime]
    ]
    if headlines:
        _print_headlines(record, headlines, console)
    if record.equal_quality:
        _print_equal_quality(record, console)
    if record.claims:
        _print_claims(record, console)
    for reason in causes(record.failures):
        console.print(f"Failed: {reason}", style="red", markup=False)
    times = record.times
    console.print(f"{times.computed} steps computed, {times.reused} reused, {times.seconds:.1f} s.")
    console.print(f"Report: {directory / 'report.html'}", soft_wrap=True)


def _print_headlines(record: Record, headlines: list[Comparison], console: Console) -> None:
    """Print a block for each axis: what is measured, and each regime's difference."""
    against = {regime.name: regime.against for regime in record.regimes}
    controls = ", ".join(dict.fromkeys(against[comparison.regime] for comparison in headlines))
    seeds = f"{len(record.seeds)} seed{'s' if len(record.seeds) > 1 else ''}"
    console.print(
        f"Generation {record.generations} against the human-data control ({controls}): mean "
        f"difference over {seeds} and its 95 % interval\n"
    )
    width = max(len(comparison.regime) for comparison in headlines)
    summaries = {metric.name: metric.summary for metric in record.metrics}
    blocks: dict[tuple[str, ...], list[Comparison]] = {}
    for c in headlines:
        blocks.setdefault((c.axis, c.metric, c.slice, against[c.regime]), []).append(c)
    for (_, metric, _, control), rows in blocks.items():
        of = control if control != controls else "control"  # named where there are several
        console.print(_heading(rows[0], summaries[metric], of))
        table = Table.grid(padding=(0, 2))
        table.add_column(min_width=width + 2)
        table.add_column(min_width=9, justify="right")
        table.add_column(min_width=20)
        for comparison in rows:
            table.add_row(*_cells(comparison, record.generations))
        console.print(table)
        console.print()
    console.print(_legend(record) + "\n", style="dim")


def _print_equal_quality(record: Record, console: Console) -> None:
    """Print a block for each cost: each regime's over the control's at the regime's quality."""
    found = equal_quality(record)
    assert found is not None, "there are some"
    last = {regime.name: regime.generations for regime in record.regimes}
    models = [model for model in found.models if model.generation == last[model.regime]]
    width = max(len(model.regime) for model in models)
    console.print(Text(f"Cost over the control's for the same {found.title}\n"))
    for place, (_, title) in enumerate(found.costs):
        console.print(Text(title, "bold"))
        table = Table.grid(padding=(0, 2))
        table.add_column(min_width=width + 2)
        table.add_column(min_width=9, justify="right")
        for model in models:
            ratio = model.ratios[place]
            style = _COST_STYLES[ratio.verdict or "unclear"]
            table.add_row(
                Text(f"  {model.regime}{_ended(model.generation, record.generations)}"),
                Text(ratio.ratio or "no value", style),
                Text(ratio.interval or ratio.reason or "", style),
                Text(f"{ratio.symbol} {ratio.verdict}" if ratio.verdict else "", style),
            )
        console.print(table)
        console.print()


def _print_claims(record: Record, console: Console) -> None:
    """Print each claim with its verdict, and below it what was measured."""
    seeds = f"{len(record.seeds)} seed{'s' if len(record.seeds) > 1 else ''}"
    console.print(
        f"Claims: what is asked, and the mean over {seeds} with its 95 % interval, at generation "
        f"{record.generations} unless another is named\n"
    )
    for claim in told(record):
        verdict = Text(f"{claim.symbol} {claim.verdict}", _CLAIM_STYLES[claim.verdict])
        console.print(Text.assemble((claim.claim, "bold"), "  ", verdict))
        console.print(Text(claim.statement, "dim"))
        table = Table.grid(padding=(0, 2, 0, 0))
        for contrast in claim.contrasts:
            found = f"{contrast.measured} {contrast.interval or ''} {contrast.unit}"
            table.add_row(
                Text(f"  {contrast.symbol}", _CLAIM_STYLES[contrast.verdict]),
                contrast.says,
                Text(contrast.asked, "dim"),
                " ".join(found.split()) if contrast.measured else Text("no value", "dim"),
            )
        console.print(table)
        console.print()


def _heading(comparison: Comparison, summary: str, control: str) -> Table:
    """Say what is measured, which values are good and what the control has."""
    name = comparison.metric.partition("/")[2]
    of = "" if comparison.slice == "all" else f", {comparison.slice}"
    about = f"{comparison.unit}, {_GOOD[comparison.best]}"
    if comparison.control is not None:
        about += f", {control} {number(comparison.control)}"
    heading = Table.grid(padding=(0, 2))
    heading.add_column(min_width=14)
    heading.add_row(Text(comparison.axis, "bold"), Text(f"{name}{of}: {summary}"))
    heading.add_row("", Text(about, "dim"))
    return heading


def _cells(comparison: Comparison, generations: int) -> Iterator[Text]:
    style = _STYLES[comparison.verdict]
    yield Text(f"  {comparison.regime}{_ended(comparison.generation, generations)}")
    if comparison.difference is None:
        yield Text("no value", style="dim")
        return
    yield Text(number(comparison.difference, sign="+"), style=style)
    if comparison.lower is not None and comparison.upper is not None:
        ends = (number(comparison.lower, sign="+"), number(comparison.upper, sign="+"))
        yield Text(f"{ends[0]} to {ends[1]}", style=style)
        yield Text(_SIGNS[comparison.verdict] + _beside(comparison), style=style)


def _ended(generation: int, generations: int) -> str:
    return f", generation {generation}" if generation < generations else ""


def _beside(comparison: Comparison) -> str:
    """Say where a difference may be nothing: of models at chance, drift, text learned."""
    within = "within " if comparison.within_drift else ""
    drift = "" if comparison.drift is None else f", {within}drift ±{number(comparison.drift)}"
    chance = ", all at chance" if comparison.informative is False else ""
    return drift + chance + (", contaminated" if comparison.contaminated else "")


def number(value: float, sign: str = "-") -> str:
    """Return a number in three digits, with a prefix where it is large."""
    if abs(value) < _ROUNDING:
        return "0"
    for size, prefix in ((1e12, " T"), (1e9, " G"), (1e6, " M")):
        if abs(value) >= size:
            return f"{value / size:{sign}.3g}{prefix}"
    return f"{value:{sign}.3g}"


def _legend(record: Record) -> str:
    if len(record.seeds) == 1:
        return "One seed gives no interval: add --seeds 3 or more."
    legend = "unclear: the interval holds no difference."
    if any(
        comparison.drift is not None for comparison in record.comparisons if comparison.headline
    ):
        legend += " drift: standard error of what chance alone does; within: at most twice that."
    if len(record.seeds) < 4:  # noqa: PLR2004 (Student's t: 12.7 for 2 seeds, 2.8 for 5)
        legend += f" {len(record.seeds)} seeds make it wide; --seeds 5 makes it narrower."
    return legend
