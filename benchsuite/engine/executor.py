"""Carrying out a plan on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from benchsuite.engine import worker
from benchsuite.engine.adding import without_peers
from benchsuite.engine.at_hand import have_at_hand
from benchsuite.engine.steps import Plan, Step
from benchsuite.engine.store import Store
from benchsuite.engine.worker import Done
from benchsuite.errors import UserError

_URGENT = ("prepare", "tokenizer", "evaluation", "mix", "train", "generate", "grade")
"""Kinds of step that others wait for; measuring fills the gaps."""


class Watcher(Protocol):
    """Who is told how a plan goes on."""

    def started(self, plan: Plan, reused: set[str]) -> None:
        """The plan is about to be carried out; `reused` steps are in the store already."""

    def progress(self, step: Step, done: int, total: int) -> None:
        """A step has done so many tokens (or rows)."""

    def finished(self, step: Step, done: Done) -> None:
        """A step was computed, or failed."""


@dataclass
class Outcome:
    """How a plan ended: identities computed and reused, and why steps failed or were left out."""

    computed: list[str] = field(default_factory=list)
    reused: set[str] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)


def execute(plan: Plan, store: Store, watcher: Watcher, workers: int | None = None) -> Outcome:
    """Do every step of the plan that is not in the store.

    On a CPU the steps run side by side in `workers` processes (by default one a core); on an
    accelerator, or with one worker, in this process. Components are told of the cores that
    their worker has to itself. A step that fails takes those that need it with it, and no
    other. Raises `UserError` for what the user can mend, as soon as it shows.
    """
    store.tidy()
    outcome = Outcome(reused=store.verified(plan.steps))
    waiting = {i: step for i, step in plan.steps.items() if i not in outcome.reused}
    have_at_hand(waiting.values())
    watcher.started(plan, outcome.reused)
    if waiting:
        count = workers or _default_workers(plan)
        with _pool(plan, store, min(count, len(waiting)), watcher) as submit:
            _Run(plan, outcome, watcher, waiting).go(submit, count)
    return outcome


def _default_workers(plan: Plan) -> int:
    return _cores() if plan.device[0] == "cpu" else 1


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


Submit = Callable[[list[Step]], "Future[list[Done]]"]


class _Run:
    """The state of carrying out one plan."""

    def __init__(
        self, plan: Plan, outcome: Outcome, watcher: Watcher, waiting: dict[str, Step]
    ) -> None:
        self._plan, self._outcome, self._watcher, self._waiting = plan, outcome, watcher, waiting
        self._finished = set(outcome.reused)
        self._at_once = plan.device[0] != "cpu"
        self._generation: dict[str, int | None] = {
            identity: cell.generation for cell in plan.cells for identity in cell.measures.values()
        }
        self._running: dict[Future[list[Done]], list[Step]] = {}

    def go(self, submit: Submit, workers: int) -> None:
        """Keep every worker busy until nothing is left that can be done."""
        while self._waiting or self._running:
            while len(self._running) < workers and (task := self._next_task()):
                self._running[submit(task)] = task
            if not self._running:
                break
            ended, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in ended:
                self._collect(future, self._running.pop(future))

    def _next_task(self) -> list[Step]:
        """Take the next steps to hand to a worker.

        On an accelerator these are all that one component can do at once; of measures those
        of one generation, whose models then stay open from metric to metric. On a CPU it is
        one, for every core to have some; but the measures of one model go together, since it
        is then opened and scored once.
        """
        ready = [s for s in self._waiting.values() if self._finished.issuperset(s.needs)]
        ready.sort(key=lambda step: step.kind not in _URGENT)  # stable: else in plan order
        task = ready[:1]
        if task and self._at_once:
            task = [s for s in ready if self._batch(s) == self._batch(task[0])]
        elif task and task[0].kind == "measure":
            subject = _subject(task[0])
            task = [s for s in ready if s.kind == "measure" and _subject(s) == subject]
        for step in task:
            del self._waiting[step.identity]
        return task

    def _batch(self, step: Step) -> tuple[object, ...]:
        """What steps have in common that an accelerator does at once."""
        return step.kind, step.component, self._generation.get(step.identity)

    def _collect(self, future: Future[list[Done]], task: list[Step]) -> None:
        try:
            ended = future.result()
        except BrokenProcessPool as failure:
            raise UserError(
                f"a worker process died in {task[0].label}, perhaps for want of memory; run the "
                "same command again to go on, with fewer --workers."
            ) from failure
        for step, done in zip(task, ended, strict=True):
            self._watcher.finished(step, done)
            if done.error is None:
                self._finished.add(step.identity)
                self._outcome.computed.append(step.identity)
            elif done.by_user:
                raise UserError(done.error)
            else:
                self._fail(step, done.error)

    def _fail(self, step: Step, error: str) -> None:
        """Note a failure and leave out all that needs the step."""
        self._outcome.failures[step.identity] = error
        lost = {step.identity}
        for identity, other in list(self._waiting.items()):  # in plan order: needs come first
            if not lost.intersection(other.needs):
                continue
            del self._waiting[identity]
            if instead := without_peers(self._plan, other, lost):
                self._generation[instead.identity] = self._generation.get(identity)
                if instead.identity not in self._finished:
                    self._waiting[instead.identity] = instead
                continue
            lost.add(identity)
            self._outcome.failures[identity] = f"{other.label}: left out, since {error}"


def _subject(step: Step) -> tuple[str, ...]:
    """What a measure step measures: its model, or what belongs to it."""
    roles = ("model", "samples", "ledger", "training", "lineage", "drawn")
    return next((step.inputs[role] for role in roles if role in step.inputs), ())


@contextmanager
def _pool(plan: Plan, store: Store, workers: int, watcher: Watcher) -> Iterator[Submit]:
    """Give a function that hands steps to a worker."""
    setup = (store.url, plan.device, plan.suite.learner, max(1, _cores() // workers))
    if workers == 1:
        here = worker.Worker(*setup, alone=True)

        def submit_here(steps: list[Step]) -> Future[list[Done]]:
            future: Future[list[Done]] = Future()
            future.set_result(
                here.do(steps, lambda i, done, all_: watcher.progress(plan.steps[i], done, all_))
            )
            return future

        yield submit_here
        return
    spawn = multiprocessing.get_context("spawn")
    queue = spawn.Queue()
    listener = threading.Thread(target=_listen, args=(queue, plan, watcher), daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(workers, spawn, worker.start, (*setup, queue))

    def submit(steps: list[Step]) -> Future[list[Done]]:
        with _interrupts_held_back():  # a call may start a process
            return pool.submit(worker.do, steps)

    try:
        yield submit
    except BaseException:
        for process in list(pool._processes.values()):  # noqa: SLF001 (no public way to stop now)
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        queue.put(None)
        listener.join()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let Ctrl-C wait; processes that are started meanwhile inherit this, and never hear it.

    Ignored it would be lost: workers start when first steps end, which is when people look.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _listen(queue: Any, plan: Plan, watcher: Watcher) -> None:
    """Pass on what workers report until the queue says None."""
    while (report := queue.get()) is not None:
        identity, done, total = report
        watcher.progress(plan.steps[identity], done, total)
