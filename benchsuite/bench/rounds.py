"""Contenders timed in turn, round after round, and what comes of it: medians and ratios."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from benchsuite.lm.device import spare_what_is_loaded

OURS = "benchsuite"
"""The name of the contender that ratios are taken of."""

Say = Callable[[str], None]
"""Told what is being timed."""


@dataclass(frozen=True)
class Measured:
    """One timed run: the amount of work done in so many seconds, and what else it showed."""

    amount: int
    seconds: float
    notes: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Work a second."""
        return self.amount / self.seconds


Tried = dict[str, Measured | str]
"""Settings that were tried: what was measured at each, or why it did not run."""


@dataclass(frozen=True)
class Contender:
    """Software at one setting; `run` does the work once, with a seed."""

    name: str
    setting: str
    run: Callable[[int], Measured]


class Spread(NamedTuple):
    """Median, least and greatest of the rounds."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """Return median, least and greatest. Raises `ValueError` without values."""
    return Spread(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Comparison:
    """The rounds of one part of the benchmark at one shape, a case of it named `case`.

    A round maps contenders, in the order in which they ran, to what was measured. `settings`
    are theirs. `tried` holds, for each, the settings from which the fastest was chosen.
    """

    part: str
    shape: str
    case: str
    unit: str
    rounds: list[dict[str, Measured]]
    settings: dict[str, str]
    tried: dict[str, Tried] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def others(self) -> list[str]:
        """Names of all contenders but ours."""
        return [name for name in self.settings if name != OURS]

    def rate(self, name: str) -> Spread:
        """Return the contender's work a second over the rounds."""
        return spread([each[name].rate for each in self.rounds])

    def ratio(self, name: str) -> Spread:
        """Return our rate over another's, taken round by round.

        The two of a round ran one after the other, so that whatever slows the machine for
        longer than that slows both, and leaves their ratio.
        """
        return spread([each[OURS].rate / each[name].rate for each in self.rounds])

    def note(self, name: str, key: str) -> Spread | None:
        """Return what a contender's runs noted under a key, if they all did."""
        values = [each[name].notes.get(key) for each in self.rounds]
        return spread([v for v in values if v is not None]) if None not in values else None


def alternate(
    contenders: Sequence[Contender], rounds: int, say: Say, about: str
) -> list[dict[str, Measured]]:
    """Run each contender once a round, with the round's number as its seed.

    Every second round goes in reverse, so that none always runs on a machine that another
    has just heated up. What both have loaded by then is walked by no garbage collection, of either.
    """
    spare_what_is_loaded()
    done = []
    for number in range(rounds):
        order = contenders if number % 2 == 0 else list(reversed(contenders))
        measured = {}
        for contender in order:
            say(f"{about}, round {number + 1} of {rounds}: {contender.name} ({contender.setting})")
            measured[contender.name] = contender.run(number)
        done.append(measured)
    return done


def try_all(
    candidates: Sequence[Contender], say: Say, about: str
) -> tuple[Contender | None, Tried]:
    """Run every candidate once; return the fastest, and what each came to.

    A setting that does not run here, such as a compiled one without a compiler, is passed over
    with what it said; where none runs there is no fastest.
    """
    tried: Tried = {}
    fastest: Contender | None = None
    best = 0.0
    for candidate in candidates:
        say(f"{about}: trying {candidate.name} ({candidate.setting})")
        try:
            tried[candidate.setting] = measured = candidate.run(0)
        except Exception as failure:  # noqa: BLE001 (whatever other people's software raises)
            said = str(failure).strip().partition("\n")[0]
            tried[candidate.setting] = f"{type(failure).__name__}: {said}"
            continue
        if measured.rate > best:
            fastest, best = candidate, measured.rate
    return fastest, tried
