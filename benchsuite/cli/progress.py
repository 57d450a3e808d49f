"""How a run goes on, for people: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from benchsuite.engine.estimate import guess
from benchsuite.engine.steps import Plan, Step
from benchsuite.engine.worker import Done
from benchsuite.plugins.events import (
    GenerationFinished,
    RecordWritten,
    RunStarted,
    StepFinished,
)
from benchsuite.plugins.registry import Registry

_LINE_EVERY = 5.0
"""Seconds between plain lines."""


class Estimate:
    """Time left, from how long steps of each kind have taken so far."""

    def __init__(self) -> None:
        self._seen: dict[str, list[float]] = defaultdict(list)
        self._left: dict[str, float] = {}
        self._started = time.monotonic()
        self._spent = 0.0

    def start(self, steps: dict[str, Step]) -> None:
        """Note the steps that are to be done."""
        self._left = {identity: guess(step) for identity, step in steps.items()}
        self._kinds = {identity: step.kind for identity, step in steps.items()}
        self._started = time.monotonic()

    def finish(self, step: Step, seconds: float) -> None:
        """Note that a step took so long."""
        self._left.pop(step.identity, None)
        self._seen[step.kind].append(seconds)
        self._spent += seconds

    def seconds(self) -> float:
        """Return how long the rest should take, at the parallelism seen so far."""
        work = 0.0
        for identity, guessed in self._left.items():
            seen = self._seen.get(self._kinds[identity])
            work += sum(seen) / len(seen) if seen else guessed
        passed = time.monotonic() - self._started
        parallel = max(1.0, self._spent / passed) if self._spent and passed else 1.0
        return work / parallel


class Progress:
    """Watches a plan being carried out; tells people and trackers. A context manager."""

    def __init__(self, plugins: Registry) -> None:
        self._plugins = plugins
        self._console = Console(stderr=True)
        self._live = self._console.is_terminal
        self._lock = threading.Lock()
        self._estimate = Estimate()
        self._rates: dict[str, tuple[float, int]] = {}
        self._last_line = 0.0
        self._total = self._done = 0
        self._bar = Bar(
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            transient=True,
        )

    def __enter__(self) -> Progress:
        """Show progress from here on."""
        if self._live:
            self._bar.start()
            self._task = self._bar.add_task("reading the store", total=None, left="")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Show no more of it."""
        if self._live:
            self._bar.stop()

    def started(self, plan: Plan, reused: set[str]) -> None:
        """Say how much there is to do."""
        todo = {i: step for i, step in plan.steps.items() if i not in reused}
        self._plan, self._total, self._done = plan, len(plan.steps), len(reused)
        self._open = {
            generation: {i for i in _generation_steps(plan, generation) if i in todo}
            for generation in range(plan.suite.suite.generations + 1)
        }
        self._estimate.start(todo)
        name = plan.suite.suite.suite
        self._say(f"{name}: {len(plan.steps)} steps, {len(reused)} of them already in the store")
        self._tell("run_started", RunStarted(name, len(plan.steps), len(reused)))
        if self._live:
            self._bar.update(self._task, total=self._total, completed=self._done)

    def progress(self, step: Step, done: int, total: int) -> None:
        """Show what a step is at, and its rate."""
        with self._lock:
            now = time.monotonic()
            began, at = self._rates.setdefault(step.identity, (now, done))
            rate = (done - at) / (now - began) if now > began else 0.0
            unit = "modules" if step.kind == "prepare" else "tokens"
            speed = f"{rate:,.0f} {unit}/s" if rate and step.size else f"{done:,} of {total:,}"
            self._show(f"{step.label}: {speed}")

    def finished(self, step: Step, done: Done) -> None:
        """Count a step, and say why it failed if it did."""
        with self._lock:
            self._done += 1
            self._rates.pop(step.identity, None)
            self._estimate.finish(step, done.cost.seconds)
            if done.error is not None and not done.by_user:
                self._say(f"failed: {done.error}")
            speed = ""
            if step.kind in ("train", "generate", "grade") and done.cost.seconds:
                speed = f": {done.cost.tokens / done.cost.seconds:,.0f} tokens/s"
            self._show(f"{step.label}{speed}")
        self._tell(
            "step_finished",
            StepFinished(step.identity, step.kind, step.label, asdict(done.cost), done.error),
        )
        for generation, open_steps in self._open.items():
            if step.identity in open_steps:
                open_steps.discard(step.identity)
                if not open_steps:
                    self._tell("generation_finished", GenerationFinished(generation))

    def writing(self) -> None:
        """Say that all steps are done and the run's files are being written."""
        if self._live:
            self._bar.update(self._task, description="writing record and report", left="")

    def written(self, directory: Path) -> None:
        """Tell trackers that the run's files are in place."""
        self._tell("record_written", RecordWritten(directory))

    def _show(self, what: str) -> None:
        left = _duration(self._estimate.seconds()) + " left"
        if self._live:
            self._bar.update(self._task, completed=self._done, description=what, left=left)
        elif time.monotonic() - self._last_line >= _LINE_EVERY or self._done == self._total:
            self._last_line = time.monotonic()
            click.echo(f"[{self._done:>4}/{self._total}] {left}, {what}", err=True)

    def _say(self, sentence: str) -> None:
        if self._live:
            self._console.print(sentence, markup=False, highlight=False)
        else:
            click.echo(sentence, err=True)

    def _tell(self, event: str, about: Any) -> None:
        """Tell trackers; one that fails is named and does not stop the run."""
        for problem in self._plugins.tell(event, about):
            self._say(f"Warning: {problem}")


def _generation_steps(plan: Plan, generation: int) -> set[str]:
    """Return the training and measuring steps of a generation."""
    cells = [cell for cell in plan.cells if cell.generation == generation]
    return {identity for cell in cells for identity in (cell.train, *cell.measures.values())}


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
