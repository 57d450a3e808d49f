"""Doing steps: in this process or in one of several, with what each spent."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import psutil

from benchsuite.engine.energy import counters, read, used
from benchsuite.engine.steps import Step
from benchsuite.engine.store import Store
from benchsuite.engine.work import Spent, Told, Work, close_models_but
from benchsuite.errors import UserError
from benchsuite.lm.device import (
    Device,
    keep_freed_memory,
    make_deterministic,
    spare_what_is_loaded,
)
from benchsuite.plugins.kinds import Context, Cost, Learner, TrainingFailed
from benchsuite.suites.resolve import Chosen

Report = Callable[[str, int, int], None]
"""Called with a step's identity, tokens done and tokens in all."""


@dataclass(frozen=True)
class Done:
    """A step that ended: what it cost, or the sentence that says why it failed.

    `by_user` tells a failure that the user can mend before anything goes on.
    """

    identity: str
    cost: Cost
    error: str | None = None
    by_user: bool = False


class Worker:
    """Does steps of one plan, one after the other, and commits each to the store.

    `threads` is how many threads a component may use, on work whose results do not depend on it.
    Energy is read where the worker is `alone`: counters are of the whole machine.
    """

    def __init__(
        self,
        store_url: str,
        device: tuple[str, str],
        learner: Chosen,
        threads: int = 1,
        *,
        alone: bool = False,
    ) -> None:
        make_deterministic()
        keep_freed_memory()
        self._store = Store(store_url)
        self._device = Device(*device, threads)  # type: ignore[arg-type]
        self._learner: Learner[Any] = learner.make()
        self._counters = counters(device[0]) if alone else ()
        spare_what_is_loaded()

    def do(self, steps: Sequence[Step], report: Report) -> list[Done]:
        """Do steps in order; one that fails does not keep the next from being done.

        Neighbours of one kind and component are handed to the component together.
        """
        together = groupby(steps, lambda step: (step.kind, step.component))
        return [done for _, batch in together for done in self._do(list(batch), report)]

    def _do(self, steps: Sequence[Step], report: Report) -> Iterator[Done]:
        """Do steps of one component, committing each as soon as it is done."""
        with ExitStack() as stack:
            folders = [stack.enter_context(self._store.writing()) for _ in steps]
            results = self._results(steps, folders, stack, report)
            for step, folder in zip(steps, folders, strict=True):
                _reset_peak_memory()
                started, before = time.perf_counter(), read(self._counters)
                try:
                    spent = _successful(next(results, None))
                    seconds = time.perf_counter() - started
                    energy = used(self._counters, before)
                    cost = Cost(seconds, spent.tokens, spent.flops, _peak_memory(), energy)
                    self._store.commit(folder, step.identity, step.kind, step.label, cost)
                except UserError as failure:
                    yield Done(step.identity, Cost(), str(failure), by_user=True)
                except Exception as failure:  # noqa: BLE001 (a plugin may raise anything)
                    yield Done(step.identity, Cost(), _sentence(step, failure))
                else:
                    yield Done(step.identity, cost)

    def _results(
        self, steps: Sequence[Step], folders: Sequence[Path], stack: ExitStack, report: Report
    ) -> Iterator[Spent | Exception]:
        """Perform steps of one kind, one after the other or at once."""
        works = [self._work(*pair, stack, report) for pair in zip(steps, folders, strict=True)]
        models = {path for work in works for path in work.inputs.get("model", ())}
        if models or steps[0].kind == "train":  # measures without a model stand between others
            close_models_but(models)
        operation = import_module(f"benchsuite.engine.operations.{steps[0].kind}")
        if hasattr(operation, "run_all"):
            yield from operation.run_all(works)
        else:
            for work in works:
                try:
                    yield operation.run(work)
                except Exception as failure:  # noqa: BLE001 (the next may still succeed)
                    yield failure

    def _work(self, step: Step, folder: Path, stack: ExitStack, report: Report) -> Work:
        told = Told()
        return Work(
            component=step.component and step.component.make(),
            component_name=step.component.name if step.component else step.kind,
            arguments=step.arguments,
            inputs={
                role: tuple(self._input(identity) for identity in identities)
                for role, identities in step.inputs.items()
            },
            identity=step.identity,
            directory=folder,
            context=Context(
                step.seed,
                self._device,
                lambda done, total: report(step.identity, done, total),
                told.add,
            ),
            told=told,
            learner=self._learner,
            human_needed=step.human_needed,
            open_scratch=lambda: stack.enter_context(self._store.scratch(step.identity)),
        )

    def _input(self, identity: str) -> Path:
        if not self._store.present([identity]):
            raise FileNotFoundError(f"the step {identity[:12]} is gone from the store")
        return self._store.path(identity)


def _successful(result: Spent | Exception | None) -> Spent:
    """Return what a step spent; raise what it failed with."""
    if isinstance(result, Exception):
        raise result
    if result is None:
        raise RuntimeError("those before it failed, and took it with them")
    return result


def _sentence(step: Step, failure: Exception) -> str:
    """Say which step failed, whose component it was, and why."""
    whose = ""
    if step.component:
        component, provider = (
            step.component.registered.component,
            step.component.registered.provider,
        )
        whose = f" ({component.name}, of {provider.distribution} {provider.version})"
    if isinstance(failure, TrainingFailed | RuntimeError):
        return f"{step.label}{whose}: {failure}."
    return f"{step.label}{whose}: {type(failure).__name__}: {failure}."


# -- in a process of its own --------------------------------------------------------------

_worker: Worker | None = None
_queue: Any = None


def start(
    store_url: str, device: tuple[str, str], learner: Chosen, threads: int, queue: Any
) -> None:
    """Make this process a worker; it ends when its parent is gone."""
    global _worker, _queue
    _worker, _queue = Worker(store_url, device, learner, threads), queue
    threading.Thread(target=_end_with_parent, daemon=True).start()


def do(steps: Sequence[Step]) -> list[Done]:
    """Do steps in this worker process; progress goes to the queue."""
    assert _worker is not None, "start() makes a process a worker"
    return _worker.do(steps, lambda *progress: _queue.put(progress))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


# -- memory ---------------------------------------------------------------------------------


def _reset_peak_memory() -> None:
    """Start counting the peak of resident memory anew (Linux alone can)."""
    if sys.platform.startswith("linux"):
        with suppress(OSError):  # a container may forbid it: the peak is then since the start
            Path("/proc/self/clear_refs").write_text("5")


def _peak_memory() -> int:
    """Return the largest resident memory since the reset, in bytes."""
    if sys.platform.startswith("linux"):
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return int(psutil.Process().memory_info().rss)
