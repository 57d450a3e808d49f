"""Whether a run of benchsuite and the same grid done with other packages agree, and their times.

    python tests/benchmarks/peers/compare.py runs/quickstart/record.json peers.json

Their random numbers differ, so values agree when they differ by no more than seeds do. Models
that learned from one another are no independent witnesses: all that descend from generation 0 of
one seed, whatever the regime, are one lineage, and its difference is the mean over its models of
benchsuite minus the others. A model of the control, trained on human text alone, is a lineage of
its own. z is the mean difference over lineages by its standard error; a metric differs where
Student's t over lineages excludes 0 at 5 % after Bonferroni's correction for the number of tests.

Several files of the others are taken together, such as seeds that ran side by side.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import isclose, sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple

import click
import pyarrow.parquet as pq
from scipy.stats import t as student

Model = tuple[str, int, int]
"""Regime, generation, seed."""

Name = tuple[str, str]
"""Metric, slice."""

Pair = tuple[float | None, float | None]
"""benchsuite's value, and the others'."""


class Agreement(NamedTuple):
    """The paired differences of one slice of a metric, summed up."""

    pairs: int
    lineages: int
    ours: float
    theirs: float
    difference: float
    error: float | None
    verdict: str


def main() -> None:
    """Print paired values, agreement and times."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("record", type=Path, help="record.json, measurements.parquet beside it")
    parser.add_argument("peers", type=Path, nargs="+", help="what quickstart.py --json wrote")
    options = parser.parse_args()
    record = json.loads(options.record.read_text())
    theirs = [json.loads(path.read_text()) for path in options.peers]
    ours = pq.read_table(options.record.with_name("measurements.parquet")).to_pylist()
    pairs = paired(ours, [row for report in theirs for row in report["measurements"]])
    timed = {m["name"] for m in record["metrics"] if not m["reproducible"]}
    for name, models in pairs.items():
        click.echo(f"\n{name[0]}, {name[1]}: benchsuite | others, means over seeds, by generation")
        click.echo("\n".join(_values(models)))
    (control,) = (regime["name"] for regime in record["regimes"] if regime["control"])
    compared = {name: models for name, models in pairs.items() if name[0] not in timed}
    click.echo("\n".join(_summary(compared, control)))
    click.echo("\n".join(_times(record, theirs)))


def paired(
    ours: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]
) -> dict[Name, dict[Model, Pair]]:
    """Pair the values of both sides by metric, slice and model; what one side lacks is left out."""
    known = {_place(row): row["value"] for row in theirs}
    pairs: dict[Name, dict[Model, Pair]] = defaultdict(dict)
    for row in ours:
        name, model = place = _place(row)
        if place in known:
            pairs[name][model] = (row["value"], known[place])
    return pairs


def agreement(models: dict[Model, Pair], control: str, tests: int = 1) -> Agreement | None:
    """Sum up paired differences; None where no pair has both values."""
    both = {m: (a, b) for m, (a, b) in models.items() if a is not None and b is not None}
    if not both:
        return None
    lineages: dict[tuple[int, int], dict[tuple[str, int], tuple[float, float]]] = defaultdict(dict)
    for (regime, generation, seed), pair in both.items():
        own = generation if regime == control else 0
        lineages[seed, own][regime if generation else control, generation] = pair
    pairs = [pair for lineage in lineages.values() for pair in lineage.values()]
    means = [fmean(a - b for a, b in lineage.values()) for lineage in lineages.values()]
    difference = fmean(means)
    error = stdev(means) / sqrt(len(means)) if len(means) > 1 else None
    ours, theirs = (fmean(side) for side in zip(*pairs, strict=True))
    verdict = _verdict(pairs, difference, error, len(means), tests)
    return Agreement(len(pairs), len(means), ours, theirs, difference, error, verdict)


def _verdict(
    pairs: Sequence[tuple[float, float]],
    difference: float,
    error: float | None,
    lineages: int,
    tests: int,
) -> str:
    if all(isclose(a, b, rel_tol=1e-4, abs_tol=1e-6) for a, b in pairs):
        return "the same"
    if error is None:
        return "one lineage: unclear"
    if error == 0:
        return "differ"
    p = 2 * student.sf(abs(difference) / error, lineages - 1)
    return "differ" if p * tests < 0.05 else "agree"


def _place(row: dict[str, Any]) -> tuple[Name, Model]:
    return (row["metric"], row["slice"]), (row["regime"], row["generation"], row["seed"])


def _values(models: dict[Model, Pair]) -> Iterator[str]:
    """A line for each regime, a pair for each generation."""
    for regime in dict.fromkeys(regime for regime, _, _ in models):
        of_regime = {m: pair for m, pair in models.items() if m[0] == regime}
        cells = []
        for generation in sorted({generation for _, generation, _ in of_regime}):
            pairs = [pair for m, pair in of_regime.items() if m[1] == generation]
            ours, theirs = (_mean(side) for side in zip(*pairs, strict=True))
            cells.append(f"{_number(ours):>10} | {_number(theirs):<10}")
        yield f"  {regime:22}" + "  ".join(cells)


def _mean(values: Sequence[float | None]) -> float | None:
    return None if None in values else fmean(values)


def _number(value: float | None) -> str:
    return "no value" if value is None else f"{value:.5g}"


def _summary(pairs: dict[Name, dict[Model, Pair]], control: str) -> Iterator[str]:
    yield "\nAgreement"
    yield (
        f"  {'metric, slice':40}{'models':>7}{'lineages':>9}{'benchsuite':>13}{'others':>13}"
        f"{'difference':>13}{'error':>11}{'z':>7}"
    )
    for (metric, slice_), models in pairs.items():
        found = agreement(models, control, len(pairs))
        name = f"  {metric.partition('/')[2] + ', ' + slice_:40}"
        if found is None:
            yield f"{name}{'no values':>7}"
            continue
        error = "" if found.error is None else f"{found.error:.2g}"
        z = f"{found.difference / found.error:.1f}" if found.error else ""
        yield (
            f"{name}{found.pairs:>7}{found.lineages:>9}{found.ours:>13.5g}{found.theirs:>13.5g}"
            f"{found.difference:>13.2g}{error:>11}{z:>7}  {found.verdict}"
        )


def _times(record: dict[str, Any], theirs: Sequence[dict[str, Any]]) -> Iterator[str]:
    seconds = max(r["finished"] for r in theirs) - min(r["started"] for r in theirs)
    times = record["times"]
    costs = {cost["kind"]: cost["cost"]["seconds"] for cost in record["costs"]}
    yield "\nTimes in seconds"
    yield f"  benchsuite, by the clock: {times['seconds']:.1f}" + (
        f" ({times['reused']} steps came from the store, so this is not the whole job)"
        if times["reused"]
        else ""
    )
    yield f"    its workers, summed: {_listed(costs)}"
    yield f"  others, by the clock: {seconds:.1f}"
    for report in theirs:
        yield f"    {report['threads']} threads: {_listed(report['parts'])}"
    yield "    corpus and tokenizer were given to them"
    given = costs.get("prepare", 0.0) + costs.get("tokenizer", 0.0)
    if not times["reused"]:
        yield (
            f"  others / benchsuite: {seconds / times['seconds']:.2f}; "
            f"{(seconds + given) / times['seconds']:.2f} with corpus and tokenizer"
        )


def _listed(parts: dict[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in parts.items())


if __name__ == "__main__":
    main()
