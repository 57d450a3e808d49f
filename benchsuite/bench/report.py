"""Results as a JSON document, and as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rich.console import Group
from rich.table import Table

from benchsuite.bench.benchmark import Results
from benchsuite.bench.job import LOSS, SHARE, UNTIL_FIRST
from benchsuite.bench.rounds import OURS, Comparison, Measured, Spread
from benchsuite.bench.scaling import Law
from benchsuite.bench.setup import Setup
from benchsuite.records.provenance import environment

_PEERS = ("accelerate", "lm_eval")


def document(results: Results, setup: Setup, command: str) -> dict[str, Any]:
    """Return everything that was measured, and on what: the whole of it as JSON values."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "environment": _environment(setup),
        "threads": setup.threads,
        "comparisons": [_comparison(each) for each in results.comparisons],
        "scaling": [asdict(law) for law in results.laws],
    }


def _environment(setup: Setup) -> dict[str, Any]:
    import torch

    found = environment((setup.device, "fp32")).model_dump(exclude={"device", "precision"})
    if torch.cuda.is_available():
        found["hardware"]["accelerator"] = torch.cuda.get_device_name()
    for package in _PEERS:
        try:
            found["packages"][package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _comparison(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison with what its rounds come to."""
    return {
        **{key: getattr(comparison, key) for key in ("part", "shape", "case", "unit")},
        "settings": comparison.settings,
        "tried": {
            name: {setting: _run(found) for setting, found in tried.items()}
            for name, tried in comparison.tried.items()
        },
        "facts": comparison.facts,
        "rates": {name: comparison.rate(name)._asdict() for name in comparison.settings},
        "ratios": {name: comparison.ratio(name)._asdict() for name in comparison.others},
        "rounds": [{name: _run(one) for name, one in each.items()} for each in comparison.rounds],
    }


def _run(measured: Measured | str) -> dict[str, Any]:
    if isinstance(measured, str):
        return {"did not run": measured}
    return {"amount": measured.amount, "seconds": measured.seconds, **measured.notes}


def tables(results: Results) -> Group:
    """Return all results for a terminal."""
    return Group(*_tables(results))


def _tables(results: Results) -> Iterator[Any]:
    for part in dict.fromkeys(c.part for c in results.comparisons):
        compared = [c for c in results.comparisons if c.part == part]
        yield _table(part, compared)
        yield from (sentence for c in compared for sentence in remarks(c))
    if results.laws:
        yield _laws(results.laws)


def _table(part: str, compared: list[Comparison]) -> Table:
    """Return a part's rows: ours first, then each other with our ratio to it."""
    table = Table("shape", "case", "software", "setting", title=part, title_justify="left")
    for heading in (compared[0].unit, "least to most", "ours is", "least to most"):
        table.add_column(heading, justify="right", no_wrap=True)
    losses = part == "train"
    if losses:
        table.add_column("loss", justify="right", no_wrap=True)
        table.add_column("of peak", justify="right", no_wrap=True)
    for comparison in compared:
        for name, setting in comparison.settings.items():
            rate = comparison.rate(name)
            first = name == OURS
            cells = [comparison.shape, comparison.case] if first else ["", ""]
            cells += [name, setting, f"{rate.median:,.0f}", f"{rate.low:,.0f} to {rate.high:,.0f}"]
            cells += ["", ""] if first else _ratio(comparison.ratio(name))
            cells += [_loss(comparison, name), _share(comparison, name)] if losses else []
            table.add_row(*cells, end_section=name == list(comparison.settings)[-1])
    return table


def _ratio(ratio: Spread) -> list[str]:
    return [f"{ratio.median:.2f} times", f"{ratio.low:.2f} to {ratio.high:.2f}"]


def _loss(comparison: Comparison, name: str) -> str:
    loss = comparison.note(name, LOSS)
    return f"{loss.median:.3f} ({loss.low:.3f} to {loss.high:.3f})" if loss else ""


def _share(comparison: Comparison, name: str) -> str:
    share = comparison.note(name, SHARE)
    return f"{share.median:.0%}" if share else ""


def remarks(comparison: Comparison) -> list[str]:
    """Return what a table has no room for, a sentence each."""
    facts, said = comparison.facts, []
    if "same choice" in facts:
        said.append(
            f"{comparison.shape}: of {facts['pairs']:,} pairs, {facts['same choice']:,} are chosen "
            f"alike, {facts['other choice']:,} otherwise, {facts['ties']:,} are ties; "
            f"log-likelihoods differ by {facts['largest difference (nats)']:.1e} nats at most."
        )
    for name, tried in comparison.tried.items():
        for setting, found in tried.items():
            if isinstance(found, str):
                said.append(f"{comparison.shape}: {name} did not run with {setting}: {found}")
            elif "compiled" in name:
                said.append(
                    f"{comparison.shape}: {name} ({setting}) took {found.notes[UNTIL_FIRST]:.0f} s "
                    "until its first step was done, which is not counted."
                )
    return said


def _laws(laws: list[Law]) -> Table:
    table = Table("cost against", "sizes", "seconds", title="scaling", title_justify="left")
    table.add_column("exponent", justify="right")
    for law in laws:
        seconds = [sorted(times)[len(times) // 2] for times in law.seconds]
        table.add_row(
            law.of,
            ", ".join(f"{size:,.0f}" for size in law.sizes),
            ", ".join(f"{s:.2f}" for s in seconds),
            f"{law.exponent:.2f} ± {law.error:.2f}",
        )
    return table
