"""What a judge's answer says."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

Preference = Literal["first", "second", "tie"]

SCORE_PATTERN = r"(?i)\bscore[\s:=*_\"'`]{0,6}(-?\d+(?:\.\d+)?)"
PAIR_PATTERN = r"(?i)\bbetter[\s:=*_\"'`]{0,6}(A|B|tie)\b"
_MEANING: dict[str, Preference] = {"a": "first", "b": "second", "tie": "tie"}
_SWAPPED: dict[Preference, Preference] = {"first": "second", "second": "first", "tie": "tie"}


def score_form(lowest: float, highest: float) -> dict[str, Any]:
    """Return the JSON schema of a score."""
    return _form("score", {"type": "number", "minimum": lowest, "maximum": highest})


def pair_form() -> dict[str, Any]:
    """Return the JSON schema of a preference."""
    return _form("better", {"type": "string", "enum": ["A", "B", "tie"]})


def score(text: str, pattern: str | None, lowest: float, highest: float) -> float | None:
    """Return the score that an answer ends with, None where there is none on the scale.

    With a pattern its last match counts; without, the answer is JSON.
    """
    found = _last(text, pattern) if pattern else _field(text, "score")
    try:
        value = float(found) if isinstance(found, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return value if value is not None and lowest <= value <= highest else None


def preference(text: str, pattern: str | None) -> Preference | None:
    """Return which text an answer prefers, None where it does not say."""
    found = _last(text, pattern) if pattern else _field(text, "better")
    return _MEANING.get(found.lower()) if isinstance(found, str) else None


def agree(one: Preference, swapped: Preference) -> bool:
    """Whether two judgements of a pair say the same, the second with the texts swapped."""
    return one == _SWAPPED[swapped]


def points(one: Preference | None, swapped: Preference | None) -> float:
    """Return what the first text of a pair gains: 1, 0, or 1/2 for a tie or no agreement."""
    if one is None or swapped is None or not agree(one, swapped):
        return 0.5
    return {"first": 1.0, "second": 0.0, "tie": 0.5}[one]


def _form(name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"reason": {"type": "string"}, name: value},
        "required": ["reason", name],
        "additionalProperties": False,
    }


def _last(text: str, pattern: str) -> str | None:
    matches = list(re.finditer(pattern, text))
    return matches[-1][1] if matches else None


def _field(text: str, name: str) -> Any:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    value = read.get(name) if isinstance(read, dict) else None
    return None if isinstance(value, bool) else value
