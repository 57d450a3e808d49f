"""A made-up run: five regimes, three generations after generation 0, two seeds."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import made_up
import pyarrow as pa
import yaml
from made_up import CONTROL, METRICS, REGIMES, sha

import benchsuite.suites
from benchsuite.plugins.kinds import Cost
from benchsuite.records.record import (
    Comparison,
    ComponentEntry,
    CorpusEntry,
    Environment,
    Hardware,
    KindCost,
    MetricEntry,
    Record,
    RegimeEntry,
    SplitSize,
    SuiteEntry,
    Times,
)
from benchsuite.stats.paired import paired_difference

SHIPPED = Path(benchsuite.suites.__file__).parent / "regimes"
UNREPRODUCIBLE = {"seconds", "peak-memory"}
HEADLINE = {
    ("bits-per-byte", "in-domain"),
    ("tail-coverage", "all"),
    ("occupation-log-odds", "stereotype"),
    ("flops", "all"),
}


@dataclass
class Run:
    """What a run leaves."""

    record: Record
    measurements: pa.Table
    samples: pa.Table


def make_run(
    regimes=REGIMES, generations=3, seeds=(0, 1), failures=(), headline=HEADLINE, claims=()
):
    values = made_up.values(regimes, generations, seeds)
    return Run(
        _record(values, regimes, generations, seeds, failures, headline, claims),
        made_up.measurements(values),
        made_up.samples(regimes, generations, seeds),
    )


def _comparisons(values, regimes, generations, seeds, headline):
    for regime, generation, metric in product(regimes[1:], range(generations + 1), METRICS):
        for slice_ in metric.slices:
            if slice_ in metric.context or metric.name in UNREPRODUCIBLE:
                continue
            treated, control = (
                [values[metric.name, slice_, name, generation, seed] for seed in seeds]
                for name in (regime, regimes[0])
            )
            difference = paired_difference(treated, control)
            yield Comparison(
                regime=regime,
                generation=generation,
                metric=metric.full,
                slice=slice_,
                axis=metric.axis,
                unit=metric.unit,
                best=metric.best,
                value=sum(treated) / len(seeds),
                control=sum(control) / len(seeds),
                difference=difference.mean,
                lower=difference.lower,
                upper=difference.upper,
                seeds=len(seeds),
                verdict=_verdict(difference, metric.best),
                headline=(metric.name, slice_) in headline,
            )


def _verdict(difference, best):
    if difference.lower is None or difference.lower * difference.upper <= 0:
        return "unclear"
    return "better" if (difference.mean > 0) == (best == "higher") else "worse"


def _record(values, regimes, generations, seeds, failures, headline, claims):
    cost = Cost(seconds=100.25, tokens=4_096_000, flops=31 * 10**12, peak_memory=700 * 2**20)
    return Record(
        command="benchsuite run quickstart --out runs/quickstart",
        suite=SuiteEntry(
            name="quickstart",
            version=1,
            digest=sha("suite"),
            document={
                "summary": "Five ways to train on synthetic data, three generations long, on "
                "Python's own documentation; minutes on two CPU cores.",
                "budget": {"tokens": 102400, "rows": None},
            },
        ),
        regimes=[_regime(name, generations) for name in regimes],
        corpus=CorpusEntry(
            digest=sha("corpus"),
            splits=[
                SplitSize(split="train", domain="library", documents=310, rows=4210, tokens=410321),
                SplitSize(split="test", domain="library", documents=21, rows=260, tokens=None),
            ],
        ),
        components=[
            _component("corpus", "corpora/pydocs"),
            _component("learner", "learners/llama"),
            _component("generator", "generators/self"),
            *(_component("metric", metric.full) for metric in METRICS),
        ],
        metrics=[_metric(metric) for metric in METRICS],
        environment=_environment(),
        seeds=list(seeds),
        generations=generations,
        comparisons=list(_comparisons(values, regimes, generations, seeds, headline)),
        claims=list(claims),
        failures=list(failures),
        costs=[KindCost(kind=kind, steps=34, cost=cost) for kind in ("train", "generate")],
        times=Times(
            started="2025-03-14T15:09:26+00:00",
            finished="2025-03-14T15:13:26+00:00",
            seconds=240.5,
            computed=180,
            reused=12,
        ),
    )


def _regime(name, generations):
    shipped = SHIPPED / f"{name}.yaml"
    text = (shipped if shipped.exists() else SHIPPED / "replace.yaml").read_text("utf-8")
    document = yaml.safe_load(text)
    return RegimeEntry.model_construct(  # pages must be safe even for a name that is no name
        name=name,
        version=1,
        summary=document["summary"],
        control=name == CONTROL,
        against=CONTROL,
        generations=generations,
        digest=sha(name),
        document=document,
    )


def _metric(metric):
    return MetricEntry(
        name=metric.full,
        summary=f"What {metric.name} measures, in a sentence.",
        definition="-Σ log₂ p(token | what stands before it) / Σ bytes in UTF-8, over all rows.\n"
        f"Slices: {', '.join(metric.slices)}. Unit: {metric.unit}.\n\nIt speaks at every scale.",
        axis=metric.axis,
        unit=metric.unit,
        best=metric.best,
        context_slices=list(metric.context),
        reproducible=metric.name not in UNREPRODUCIBLE,
    )


def _component(kind, name):
    return ComponentEntry(
        kind=kind,
        name=name,
        version="1",
        distribution="benchsuite",
        distribution_version="0.1.0",
        source=sha(name),
    )


def _environment():
    return Environment(
        benchsuite="0.1.0",
        git_revision="0123456789abcdef0123456789abcdef01234567",
        git_dirty=True,
        python="3.11.9",
        platform="Linux x86_64",
        packages={"numpy": "2.2.0", "pyarrow": "19.0.0", "torch": "2.11.0"},
        hardware=Hardware(processor="A processor", cores=2, memory=8 * 2**30, accelerator=None),
        device="cpu",
        precision="fp32",
    )
