"""What an endpoint answers, read with care: it may answer anything."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

_MOST_TOKENS = 10**9


class Answer(BaseModel):
    """A model's answer: its text, why it ended, who wrote it, and the tokens it cost.

    `finish` is `stop`, `length`, `content_filter`, `refusal`, `too_long` (the question left no
    room) or another word of the endpoint's own.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    text: str
    finish: str
    model: str
    read: int = Field(ge=0)
    written: int = Field(ge=0)


class Malformed(Exception):
    """What came is no answer; the sentence says what is wrong with it."""


class _Lenient(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Usage(_Lenient):
    prompt_tokens: int = Field(ge=0, le=_MOST_TOKENS)
    completion_tokens: int = Field(ge=0, le=_MOST_TOKENS)


class _Message(_Lenient):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Lenient):
    text: str | None = None
    message: _Message | None = None
    finish_reason: str | None = Field(None, max_length=100)


class _Body(_Lenient):
    choices: list[_Choice] = Field(min_length=1)
    model: str | None = Field(None, max_length=200)
    usage: _Usage | None = None

    @field_validator("usage", mode="before")
    @classmethod
    def _counts_or_nothing(cls, usage: Any) -> Any:
        """Take counts that make no sense for none: the answer is as good without them."""
        try:
            return _Usage.model_validate(usage)
        except ValidationError:
            return None


class _Complaint(_Lenient):
    message: str = ""
    code: str | int | None = None
    type: str | None = None


class _Complaints(_Lenient):
    error: _Complaint | str | None = None
    detail: str | None = None
    message: str | None = None


def read_answer(content: bytes, asked: str, bounds: tuple[int, int]) -> Answer:
    """Read the body of a good response. Raises `Malformed`.

    `asked` is the model that was asked, for endpoints that do not name it; `bounds`, the tokens
    read and written that are taken for granted where the endpoint does not count them.
    """
    try:
        body = _Body.model_validate_json(content)
    except ValidationError as failure:
        raise Malformed(_first(failure)) from failure
    choice, usage = body.choices[0], body.usage
    message = choice.message or _Message(content=choice.text)
    refused = bool(message.refusal) and not message.content
    return Answer(
        text=message.content or "",
        finish="refusal" if refused else choice.finish_reason or "stop",
        model=body.model or asked,
        read=usage.prompt_tokens if usage else bounds[0],
        written=usage.completion_tokens if usage else bounds[1],
    )


def read_complaint(content: bytes) -> tuple[str, str]:
    """Return code and message of an error's body, as far as it has any; each in one short line."""
    try:
        body = _Complaints.model_validate_json(content)
    except ValidationError:
        return "", ""
    error = body.error
    if isinstance(error, _Complaint):
        return _line(str(error.code or error.type or "")), _line(error.message)
    return "", _line(error or body.detail or body.message or "")


def _first(failure: ValidationError) -> str:
    error = failure.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, error["loc"]))
    return _line(f"{place}: {error['msg']}" if place else error["msg"])


def _line(text: str) -> str:
    """Return printable text on one line, cut to what an error's sentence can hold."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:2000]).split())
    return line[:200].rstrip(" .")
