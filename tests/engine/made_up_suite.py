"""A suite of made-up components, its plan, who watches it, and single steps to do."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import made_up_components
import pyarrow as pa
import pyarrow.parquet as pq

from benchsuite.api import Context
from benchsuite.engine.plan import plan
from benchsuite.engine.steps import Plan
from benchsuite.engine.work import ROWS, Work
from benchsuite.lm.device import Device
from benchsuite.plugins.registry import Provider, Registry
from benchsuite.suites.resolve import Changes, resolve

CPU = ("cpu", "fp32")
SUITE = """\
suite: numbers
version: 1
summary: Numbers and their means.
corpus: {name: numbers, rows: 60}
held_out: {share: 0.1}
learner: mean
budget: {rows: 20}
generations: 2
seeds: 2
control: real.yaml
regimes: [replace.yaml, half.yaml, pool.yaml, graded.yaml]
samples: {budget: {rows: 30}, generator: self}
metrics: [centre, spread, spent]
"""
TOP = "version: 1\nsummary: For tests.\nregime: "
REGIMES = {
    "real": "mixture: [{source: human-fixed, share: 1}]\n",
    "replace": "generator: self\nmixture: [{source: synthetic-last, share: 1}]\n",
    "half": (
        "generator: self\n"
        "mixture: [{source: human-fixed, share: 0.5}, {source: synthetic-last, share: 0.5}]\n"
    ),
    "pool": (
        "generator: self\nmixture: [{source: human-fixed, share: everything}, "
        "{source: synthetic-all, share: everything}]\n"
    ),
    "graded": (
        "generator: self\n"
        "graders: [{grader: near, keep: {best: 0.5}}, {grader: large, keep: {best: 0.4}}]\n"
        "mixture: [{source: synthetic-last, share: 1}]\n"
    ),
}


def registry() -> Registry:
    made = Registry()
    made.add("made-up", made_up_components, Provider(None, None))
    return made


def numbers_plan(
    *replaced: tuple[str, str],
    device: tuple[str, str] = CPU,
    regimes: Mapping[str, str] = REGIMES,
    **changes,
) -> Plan:
    """The plan of the suite, pieces of its text replaced."""
    text = SUITE
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "numbers.yaml").write_text(text)
        for name, regime in regimes.items():
            (Path(folder) / f"{name}.yaml").write_text(f"{TOP}{name}\n{regime}")
        suite = resolve(str(Path(folder) / "numbers.yaml"), registry(), Changes(**changes))
    return plan(suite, device)


class Watcher:
    """Notes what it is told."""

    def __init__(self):
        self.reused, self.done, self.reports = None, [], []

    def started(self, plan, reused):
        assert self.reused is None
        self.reused = set(reused)

    def progress(self, step, done, total):
        self.reports.append((step.identity, done, total))

    def finished(self, step, done):
        assert step.identity == done.identity
        self.done.append((step, done))


def work_on(
    folder: Path,
    arguments: Mapping[str, object],
    inputs: Mapping[str, list[pa.Table]],
    component: object = None,
    learner: object = None,
    seed: int = 0,
) -> Work:
    """A step to do, the rows that it reads written to disk first."""
    folders = {}
    for role, tables in inputs.items():
        folders[role] = tuple(folder / f"{role}-{i}" for i in range(len(tables)))
        for path, table in zip(folders[role], tables, strict=True):
            path.mkdir(parents=True)
            pq.write_table(table, path / ROWS)
    made = folder / "made"
    made.mkdir(parents=True)

    def open_scratch() -> Path:
        (folder / "scratch").mkdir(exist_ok=True)
        return folder / "scratch"

    return Work(
        component=component,
        component_name="acme/component",
        arguments=arguments,
        inputs=folders,
        identity="f" * 64,
        directory=made,
        context=Context(seed, Device("cpu", "fp32")),
        learner=learner,
        open_scratch=open_scratch,
    )


def made_by(operation, work: Work) -> pa.Table:
    """Do a step and return the rows it wrote."""
    operation.run(work)
    return pq.read_table(work.directory / ROWS)
