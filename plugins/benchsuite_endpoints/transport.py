"""One request sent: what came back, and whether it is worth asking again.

By httpx2, which transformers brings along, and not by the client of the package openai: that
one has no bound on an answer's size or on the time it takes as a whole, takes malformed answers
for good ones, and does not say of each attempt whether it may have cost something.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from benchsuite.api import UserError
from benchsuite_endpoints.answers import Answer, Malformed, read_answer, read_complaint

if TYPE_CHECKING:
    import httpx2

    from benchsuite_endpoints.parameters import EndpointParameters
    from benchsuite_endpoints.questions import Question

_MOST_BYTES = 16 * 2**20
"""No answer to one question is larger; more is an attack or a mistake."""
_LONGEST_PAUSE = 600.0
"""Seconds: an endpoint that asks for more is as good as gone."""
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_NO_MONEY = {"insufficient_quota", "billing_hard_limit_reached"}
_REFUSED = {"content_filter", "content_policy_violation"}


class Passing(Exception):
    """A request failed in a way that may pass. `paid`: whether it may have cost something."""

    def __init__(self, reason: str, *, paid: bool, after: float | None = None) -> None:
        super().__init__(reason)
        self.paid, self.after = paid, after


class Transport:
    """Sends questions to an endpoint, a connection for each that is under way.

    The key is read from its environment variable and goes nowhere but into the header.
    """

    def __init__(self, endpoint: EndpointParameters) -> None:
        try:
            import httpx2
        except ImportError as failure:
            raise UserError(
                f"{endpoint.url} cannot be asked without `pip install benchsuite[api]`; without "
                "an endpoint, use generators/file with rows made elsewhere."
            ) from failure
        self._endpoint, self._httpx, self._key = endpoint, httpx2, _key(endpoint)
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        count = endpoint.concurrency
        self._http = httpx2.Client(
            headers=headers,
            timeout=endpoint.timeout,
            limits=httpx2.Limits(max_connections=count, max_keepalive_connections=count),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def send(self, question: Question) -> Answer:
        """Send a question once. Raises `Passing`, or `UserError` for what will not pass."""
        httpx = self._httpx
        try:
            status, headers, content = self._exchange(question)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
            raise Passing(self._reason(failure), paid=False) from failure
        except httpx.UnsupportedProtocol as failure:
            raise UserError(f"{self._endpoint.url} cannot be asked; set url.") from failure
        except httpx.HTTPError as failure:  # it was sent, so it may have been answered
            raise Passing(self._reason(failure), paid=True) from failure
        if status == HTTPStatus.OK:
            try:
                bounds = question.most_read, question.most_written
                return read_answer(content, self._endpoint.model, bounds)
            except Malformed as failure:
                reason = f"an answer that cannot be read ({failure})"
                raise Passing(reason, paid=True) from failure
        return self._otherwise(status, headers, content)

    def _exchange(self, question: Question) -> tuple[int, httpx2.Headers, bytes]:
        """Return status, headers and body, within the limits of size and of time in all."""
        until = time.monotonic() + self._endpoint.timeout
        content = bytearray()
        with self._http.stream("POST", question.address, json=question.body) as response:
            for piece in response.iter_bytes():
                content += piece
                if len(content) > _MOST_BYTES:
                    raise Passing(f"more than {_MOST_BYTES // 2**20} MiB", paid=True)
                if time.monotonic() > until:
                    raise Passing("a timeout", paid=True)
            return response.status_code, response.headers, self._without_key(bytes(content))

    def _otherwise(self, status: int, headers: httpx2.Headers, content: bytes) -> Answer:
        """Tell what an error means: try again, an answer of its own kind, or the end."""
        code, message = read_complaint(content)
        told = f"{status} ({message})" if message else str(status)
        lasting = code in _NO_MONEY
        if (status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR) and not lasting:
            raise Passing(told, paid=False, after=_pause(headers.get("Retry-After")))
        if code in _REFUSED:
            return self._nothing("content_filter")
        if code == "context_length_exceeded" or "maximum context length" in message:
            return self._nothing("too_long")
        hint = "set url, model and the further fields to what it takes"
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            name = self._endpoint.key_variable
            hint = f"set the key in {name}" if name else "name the key's variable as key_variable"
        elif lasting:
            hint = "all that was paid for is kept, so pay and run again"
        raise UserError(
            f"{self._endpoint.model} at {self._endpoint.url} refuses requests with {told}; {hint}."
        )

    def _nothing(self, finish: str) -> Answer:
        return Answer(text="", finish=finish, model=self._endpoint.model, read=0, written=0)

    def _reason(self, failure: Exception) -> str:
        if isinstance(failure, self._httpx.TimeoutException):
            return "a timeout"
        told = self._without_key(str(failure).encode(errors="replace")).decode()
        return told.rstrip(".") or type(failure).__name__

    def _without_key(self, content: bytes) -> bytes:
        """Return what an endpoint said without the key, which it may repeat anywhere."""
        return content.replace(self._key.encode(), b"***") if self._key else content


def _key(endpoint: EndpointParameters) -> str | None:
    if endpoint.key_variable is None:
        return None
    key = os.environ.get(endpoint.key_variable, "").strip()
    if not key:
        raise UserError(
            f"the environment variable {endpoint.key_variable}, which key_variable names, is "
            f"not set; put the key for {endpoint.url} there."
        )
    if not (key.isascii() and key.isprintable()):
        raise UserError(f"what {endpoint.key_variable} holds is no key; put the key there.")
    return key


def _pause(after: str | None) -> float | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds or a date; None where it says nothing."""
    if after is None:
        return None
    try:
        if after.strip().isdecimal():
            seconds = float(after)
        else:
            date = parsedate_to_datetime(after)
            date = date if date.tzinfo else date.replace(tzinfo=UTC)
            seconds = (date - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_PAUSE)
