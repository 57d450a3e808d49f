"""What a check finds, and what a check is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from benchsuite.leaderboard.files import plain

if TYPE_CHECKING:
    from benchsuite.leaderboard.verify.case import Case

Level = Literal["error", "flag", "note"]
"""`error`: the entry is refused. `flag`: somebody must look at it. `note`: good to know."""


class Finding(BaseModel):
    """What a check found, in a sentence that is fit to be shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Level
    message: str


class Checked(BaseModel):
    """A check that was made: its name, what holds where it finds nothing, what it found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str
    says: str
    findings: list[Finding]


def error(message: str) -> Finding:
    """Refuse the entry."""
    return Finding(level="error", message=plain(message))


def flag(message: str) -> Finding:
    """Have somebody look at the entry."""
    return Finding(level="flag", message=plain(message))


def note(message: str) -> Finding:
    """Tell what is good to know."""
    return Finding(level="note", message=plain(message))


Find = Callable[["Case"], Iterator[Finding]]


@dataclass(frozen=True)
class Check:
    """A check: its name, what holds where it finds nothing, and how it looks for that."""

    name: str
    says: str
    find: Find


def check(name: str, says: str) -> Callable[[Find], Check]:
    """Make a function that yields findings into a check."""
    return lambda find: Check(name, says, find)
