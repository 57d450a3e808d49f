"""Whether an interval speaks for an expectation, against it, or leaves it open."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Literal

from benchsuite.stats.paired import Interval

Verdict = Literal["reproduced", "not reproduced", "not resolved"]


def judge(interval: Interval | None, least: float | None, most: float | None) -> Verdict:
    """Return what an interval says of the expectation that its mean lies above and below a bound.

    `reproduced` where the whole interval does, `not reproduced` where none of it does, else
    `not resolved`: so too where there is no interval. A bound that is None is none.
    """
    if interval is None or interval.lower is None or interval.upper is None:
        return "not resolved"
    low, high = (-inf if least is None else least), (inf if most is None else most)
    if low < interval.lower and interval.upper < high:
        return "reproduced"
    if interval.upper <= low or high <= interval.lower:
        return "not reproduced"
    return "not resolved"


def joined(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on expectations that must all hold.

    An intersection-union test (Berger 1982, Technometrics 24:295): it says `reproduced` wrongly
    no more often than the one of them that does not hold, so many of them need no correction.
    """
    found = set(verdicts)
    if "not reproduced" in found:
        return "not reproduced"
    return "not resolved" if "not resolved" in found else "reproduced"
