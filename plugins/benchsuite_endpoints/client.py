"""Many questions asked of one endpoint: what is known from the cache, the rest at once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

from filelock import FileLock

from benchsuite.api import UserError
from benchsuite_endpoints.cache import Cache
from benchsuite_endpoints.spending import Spending
from benchsuite_endpoints.transport import Passing, Transport

if TYPE_CHECKING:
    import tenacity

    from benchsuite_endpoints.answers import Answer
    from benchsuite_endpoints.parameters import EndpointParameters
    from benchsuite_endpoints.questions import Question

_log = logging.getLogger(__name__)
_LONGEST_WAIT = 60.0


def ask(
    endpoint: EndpointParameters,
    questions: Sequence[Question],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Answer]:
    """Return the answers to questions, in their order.

    Each is written to the cache when it arrives, so none is paid for twice: whatever fails or
    is killed goes on where it stopped. Without network or key, what is in the cache is still
    answered. One process at a time asks an endpoint with a cache, so that the bounds on
    concurrency and spending hold for all of them. `progress` counts answers.

    Raises `UserError` where the endpoint cannot be asked or a limit would be passed.
    """
    with Cache(endpoint.cache_path) as cache:
        keys = [question.key for question in questions]
        known = cache.find(keys)
        if len(known) < len(set(keys)):
            with _alone(endpoint):
                known = cache.find(keys)  # another process may have asked meanwhile
                missing = {q.key: q for q in questions if q.key not in known}
                for key, answer in _Asking(endpoint, cache).all(list(missing.values())):
                    known[key] = answer
                    progress(len(known), len(questions))
        return [known[key] for key in keys]


@contextmanager
def _alone(endpoint: EndpointParameters) -> Iterator[None]:
    """Hold the endpoint; the operating system ends that with the process."""
    name = hashlib.sha256(endpoint.url.encode()).hexdigest()[:16]
    path = endpoint.cache_path
    with FileLock(path.with_name(f"{path.name}-{name}.lock")):
        yield


class _Stopped(Exception):
    """A question is not asked, since another has failed."""


class _Asking:
    """Questions sent in several threads, until all are answered or one of them fails."""

    def __init__(self, endpoint: EndpointParameters, cache: Cache) -> None:
        self._endpoint, self._cache = endpoint, cache
        self._spending, self._stop = Spending(endpoint, cache), Event()

    def all(self, questions: Sequence[Question]) -> Iterator[tuple[str, Answer]]:
        """Yield key and answer of each question, as they come."""
        if not questions:
            return
        with (
            Transport(self._endpoint) as transport,
            ThreadPoolExecutor(self._endpoint.concurrency) as pool,
        ):
            retrying = _retrying(self._endpoint, self._stop)
            asked = [pool.submit(self._one, q, transport, retrying) for q in questions]
            try:
                for done in as_completed(asked):
                    if not isinstance(done.exception(), _Stopped):
                        yield done.result()
            finally:  # what is under way is waited for and kept
                self._stop.set()
                for waiting in asked:
                    waiting.cancel()

    def _one(
        self, question: Question, transport: Transport, retrying: tenacity.Retrying
    ) -> tuple[str, Answer]:
        """Return key and answer of one question; if it fails, no other is sent."""
        try:
            return question.key, self._answered(question, transport, retrying)
        except BaseException:
            self._stop.set()
            raise

    def _answered(
        self, question: Question, transport: Transport, retrying: tenacity.Retrying
    ) -> Answer:
        """Ask one question until it is answered."""
        try:
            return retrying.copy()(self._attempt, question, transport)
        except Passing as failure:
            if self._stop.is_set():  # while it waited for another attempt
                raise _Stopped from failure
            raise UserError(
                f"{self._endpoint.model} at {self._endpoint.url} gave no answer in "
                f"{self._endpoint.attempts} attempts, the last with {failure}; see to it and run "
                "again: what was answered is kept."
            ) from failure

    def _attempt(self, question: Question, transport: Transport) -> Answer:
        """Ask once; keep the answer and what it cost."""
        self._spending.reserve(question)
        read = written = 0
        try:
            self._go_on()
            answer = transport.send(question)
            read, written = answer.read, answer.written
            self._cache.keep(question.key, answer, self._spending.name)
        except Passing as failure:
            _log.info("A request to %s failed with %s.", self._endpoint.url, failure)
            if failure.paid:
                read, written = question.most_read, question.most_written
                self._cache.pay(self._spending.name, read, written)
            raise
        finally:
            self._spending.settle(question, read, written)
        return answer

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise _Stopped


def _retrying(endpoint: EndpointParameters, stop: Event) -> tenacity.Retrying:
    try:
        import tenacity
    except ImportError as failure:
        raise UserError(
            f"{endpoint.url} cannot be asked without `pip install benchsuite[api]`."
        ) from failure
    first = endpoint.backoff
    doubling = tenacity.wait_exponential(first, _LONGEST_WAIT) + tenacity.wait_random(0, first)

    def wait(state: tenacity.RetryCallState) -> float:
        failure = state.outcome and state.outcome.exception()
        told = failure.after if isinstance(failure, Passing) else None
        return doubling(state) if told is None else told

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Passing),
        stop=tenacity.stop_after_attempt(endpoint.attempts) | tenacity.stop_when_event_set(stop),
        wait=wait,
        sleep=tenacity.sleep_using_event(stop),
        reraise=True,
    )
