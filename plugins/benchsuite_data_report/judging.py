"""Numbers held against thresholds, with 95 % intervals."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from benchsuite_data_report.results import Finding, Unit, Verdict

Z = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""
_SMALL = 0.01


@dataclass(frozen=True)
class Bounds:
    """From which number on to look, and from which to fail: above them, or `below` them."""

    look: float
    fail: float
    below: bool = False
    percent: bool = True

    def judge(self, value: float | None) -> Verdict:
        """Return how a number did."""
        if value is None:
            return "not judged"
        if self.below:
            return "pass" if value >= self.look else "look" if value >= self.fail else "fail"
        return "pass" if value <= self.look else "look" if value <= self.fail else "fail"

    def told(self, of: str = "") -> str:
        """Say what passes and what fails."""
        passes, fails = ("at least", "below") if self.below else ("at most", "above")
        look, fail = (percent(x) if self.percent else f"{x:g}" for x in (self.look, self.fail))
        fails = "" if self.below and not self.fail else f"; fail: {fails} {fail}"
        return f"pass: {of}{passes} {look}{fails}"


def wilson(hits: int, n: int) -> tuple[float, float] | tuple[None, None]:
    """Return the 95 % score interval of a share (Wilson, JASA 22 (1927) 209)."""
    if not n:
        return None, None
    p = hits / n
    centre, room = p + Z**2 / (2 * n), Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return max(0.0, (centre - room) / (1 + Z**2 / n)), min(1.0, (centre + room) / (1 + Z**2 / n))


def share(
    name: str,
    hits: int,
    n: int,
    bounds: Bounds | None = None,
    human: float | None = None,
    *,
    sampled: bool = True,
    unit: Unit = "share",
) -> Finding:
    """Return a share of rows; with an interval where they are a sample of all."""
    value = hits / n if n else None
    lower, upper = wilson(hits, n) if sampled else (None, None)
    return Finding(
        name=name,
        value=value,
        unit=unit,
        n=n,
        lower=lower,
        upper=upper,
        human=human,
        threshold=bounds.told() if bounds else "",
        verdict=bounds.judge(value) if bounds else "not judged",
    )


def percent(value: float) -> str:
    """Write a share in per cent, with as many digits as it takes."""
    whole = 100 * value
    if whole == 0 or abs(whole) >= _SMALL:
        return f"{whole:.3g}\N{NO-BREAK SPACE}%"
    return f"{whole:.1g}\N{NO-BREAK SPACE}%"
