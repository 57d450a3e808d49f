"""What is asked of an endpoint, and by what an answer is found again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from benchsuite.api import Decoding
    from benchsuite_endpoints.parameters import EndpointParameters

_SEEDS = 2**31
"""Seeds of all APIs fit into 31 bits."""
_OVERHEAD = 256
"""Tokens that a chat template may add to what is asked, generously."""


@dataclass(frozen=True)
class Question:
    """A request's body, and where it goes; `seed` and `index` tell equal bodies apart."""

    address: str
    body: dict[str, Any]
    seed: int
    index: int

    @cached_property
    def key(self) -> str:
        """SHA-256 of address (URL), body (model included), seed and index."""
        whole = [self.address, self.body, self.seed, self.index]
        text = json.dumps(whole, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def most_read(self) -> int:
        """Tokens that the endpoint may read, at most: a token is a byte or more."""
        return len(json.dumps(self.body, ensure_ascii=False).encode()) + _OVERHEAD

    @property
    def most_written(self) -> int:
        """Tokens that the endpoint may write, at most."""
        return int(self.body.get("max_tokens") or self.body["max_completion_tokens"])


def question(
    endpoint: EndpointParameters,
    text: str,
    length: int,
    decoding: Decoding,
    place: tuple[int, int],
    form: dict[str, Any] | None = None,
) -> Question:
    """Return the question of a text, to be answered in `length` tokens at most.

    `place` is seed and index; `form`, the JSON schema that the answer is to follow.
    """
    body: dict[str, Any] = {
        "model": endpoint.model,
        endpoint.length_field: length,
        "temperature": decoding.temperature,
        "top_p": decoding.top_p,
        **endpoint.also,
    }
    if decoding.top_k is not None:
        body["top_k"] = decoding.top_k
    if endpoint.seeded:
        body["seed"] = int(np.random.default_rng(place).integers(_SEEDS))
    if form is not None:
        schema = {"name": "answer", "strict": True, "schema": form}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if endpoint.api == "completions":
        body["prompt"] = text
    else:
        system = [{"role": "system", "content": endpoint.system}] if endpoint.system else []
        body["messages"] = [*system, {"role": "user", "content": text}]
    return Question(endpoint.address, body, *place)
