"""Which endpoint is asked, what for, and how."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, JsonValue, field_validator, model_validator

from benchsuite.api import Parameters

_OWN = {
    *("max_completion_tokens", "max_tokens", "messages", "model", "n", "prompt"),
    *("response_format", "seed", "stream", "temperature", "top_k", "top_p"),
}
"""Fields of a request that have a parameter of their own, or none that would make sense."""
_PER = 1e6
"""Prices are per million tokens."""


def _how(default: Any, **told: Any) -> Any:
    """Return a field that decides how, not what: it stands in no identity and no record."""
    return Field(default, exclude=True, **told)


class EndpointParameters(Parameters):
    """A model behind an API, the form of requests, and how they are sent.

    How they are sent, from `key_variable` on, decides no answer. It is no part of a step's
    identity and stands in no record.
    """

    url: str = Field(description="Base of the API, as in http://localhost:8000/v1.")
    model: str = Field(min_length=1, max_length=200, description="The model's name at the API.")
    api: Literal["chat", "completions"] = Field(
        "chat", description="chat: a question as the user's message. completions: a text to go on."
    )
    system: str | None = Field(
        None, min_length=1, description="The system's message before each question, in a chat."
    )
    seeded: bool = Field(
        default=True, description="Whether requests carry a seed, if the API takes one."
    )
    length_field: Literal["max_tokens", "max_completion_tokens"] = Field(
        "max_tokens", description="The request's field for the length; newer APIs take the second."
    )
    also: dict[str, JsonValue] = Field(
        {}, description="Further fields of each request, as in {reasoning_effort: low}."
    )

    key_variable: str | None = _how(
        None,
        description="Name of the environment variable that holds the key; the key stays there.",
    )
    concurrency: int = _how(8, ge=1, le=256, description="Requests under way at once.")
    timeout: float = _how(120.0, gt=0, description="Seconds that an answer may take.")
    attempts: int = _how(6, ge=1, le=20, description="How often a request is sent at most.")
    backoff: float = _how(
        1.0,
        ge=0,
        description="Seconds before the second attempt, doubled for each later one up to 60; the "
        "API's Retry-After goes before.",
    )
    cache: str | None = _how(
        None, min_length=1, description="File of answers; by default in the user's cache folder."
    )
    input_price: float | None = _how(None, ge=0, description="Price of a million tokens read.")
    output_price: float | None = _how(None, ge=0, description="Price of a million tokens written.")
    money_limit: float | None = _how(
        None, gt=0, description="Most that answers of this model in the cache may have cost."
    )
    token_limit: int | None = _how(
        None, ge=1, description="Most tokens, read and written, that they may have cost."
    )

    @field_validator("url")
    @classmethod
    def _is_a_base(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits or not url.isprintable() or " " in url:
            raise ValueError("write http:// or https://, the host, and the path to the API")
        if parts.username or parts.password or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("a base has no user, query or fragment; name the key by key_variable")
        return url.rstrip("/")

    @field_validator("key_variable")
    @classmethod
    def _is_a_name(cls, name: str | None) -> str | None:
        # What does not fit may be the key itself, so the sentence does not repeat it.
        if name is not None and not re.fullmatch(r"[A-Z_][A-Z0-9_]{0,99}", name, re.ASCII):
            raise ValueError(
                "name an environment variable in capitals, as in OPENAI_API_KEY, never the key"
            )
        return name

    @field_validator("also")
    @classmethod
    def _is_further(cls, also: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if taken := sorted(_OWN & also.keys()):
            raise ValueError(f"{', '.join(taken)} is no further field: parameters say it")
        return also

    @model_validator(mode="after")
    def _says_enough(self) -> EndpointParameters:
        if self.system and self.api == "completions":
            raise ValueError("system belongs to api: chat")
        prices = (self.input_price, self.output_price)
        if self.money_limit is not None and None in prices:
            raise ValueError("money_limit needs input_price and output_price, per million tokens")
        return self

    @property
    def address(self) -> str:
        """Where requests go."""
        return f"{self.url}/{'chat/completions' if self.api == 'chat' else 'completions'}"

    @property
    def cache_path(self) -> Path:
        """Where answers are kept."""
        if self.cache:
            return Path(self.cache).expanduser()
        import platformdirs

        return platformdirs.user_cache_path("benchsuite") / "endpoints" / "answers.sqlite"

    def price(self, read: int, written: int) -> float:
        """Return what so many tokens cost, 0 where no price is given."""
        return (read * (self.input_price or 0.0) + written * (self.output_price or 0.0)) / _PER
