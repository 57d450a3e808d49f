"""What is spent, and a limit that no request may pass."""

from __future__ import annotations

from threading import Condition

from benchsuite.api import UserError
from benchsuite_endpoints.cache import Cache
from benchsuite_endpoints.parameters import EndpointParameters
from benchsuite_endpoints.questions import Question


class Spending:
    """Tokens of an endpoint that are paid for, and those that requests under way may cost.

    A request is sent only if all that is spent, with the most that it and those under way may
    cost, stays within the limits. What counts is all that the cache ever paid for at this URL
    and model, in whatever run.
    """

    def __init__(self, endpoint: EndpointParameters, cache: Cache) -> None:
        self._endpoint, self._cache = endpoint, cache
        self.name = f"{endpoint.url} {endpoint.model}"
        self._read, self._written = cache.paid(self.name)
        self._under_way: list[Question] = []
        self._changed = Condition()

    def reserve(self, question: Question) -> None:
        """Wait until a request may be sent. Raises `UserError` if it would pass a limit."""
        with self._changed:
            while not self._fits(question):
                if not self._under_way:
                    raise UserError(self._sentence(question))
                self._changed.wait()
            self._under_way.append(question)

    def settle(self, question: Question, read: int, written: int) -> None:
        """Count what a request did cost in the place of what it might have."""
        with self._changed:
            self._under_way.remove(question)
            self._read, self._written = self._read + read, self._written + written
            self._changed.notify_all()

    def _fits(self, question: Question) -> bool:
        asked = [*self._under_way, question]
        read = self._read + sum(each.most_read for each in asked)
        written = self._written + sum(each.most_written for each in asked)
        money, tokens = self._endpoint.money_limit, self._endpoint.token_limit
        within = money is None or self._endpoint.price(read, written) <= money
        return within and (tokens is None or read + written <= tokens)

    def _sentence(self, question: Question) -> str:
        wanted = self._endpoint
        more = question.most_read + question.most_written
        spent = f"{self._read + self._written:,} tokens"
        limits = [] if wanted.token_limit is None else [f"token_limit {wanted.token_limit:,}"]
        if wanted.money_limit is not None:
            spent += f" ({wanted.price(self._read, self._written):.4f})"
            limits.append(f"money_limit {wanted.money_limit}")
        return (
            f"{wanted.model} at {wanted.url} has cost {spent}, and a request that may take "
            f"{more:,} tokens would pass {' or '.join(limits)}; all that was paid for is kept in "
            f"{self._cache.path}: raise the limit to go on."
        )
