"""Claims and how they fared, in words."""

from __future__ import annotations

from dataclasses import dataclass

from benchsuite.records.record import ClaimEntry, ContrastEntry, Record
from benchsuite.records.report.numbers import Scale, count, inert

SYMBOLS = {"reproduced": "\u2713", "not reproduced": "\u2715", "not resolved": "?"}


@dataclass(frozen=True)
class Told:
    """A contrast in words; `interval` is None where there is none."""

    says: str
    expected: str
    asked: str
    measured: str | None
    interval: str | None
    unit: str
    verdict: str
    symbol: str
    entry: ContrastEntry


@dataclass(frozen=True)
class ToldClaim:
    """A claim in words."""

    claim: str
    statement: str
    sources: tuple[str, ...]
    contrasts: tuple[Told, ...]
    verdict: str
    symbol: str


def told(record: Record) -> list[ToldClaim]:
    """Put the claims of a record into words; generations are named but for the last."""
    return [_claim(entry, record.generations) for entry in record.claims]


def _claim(entry: ClaimEntry, last: int) -> ToldClaim:
    return ToldClaim(
        claim=entry.claim,
        statement=entry.statement,
        sources=tuple(entry.sources),
        contrasts=tuple(_contrast(contrast, last) for contrast in entry.contrasts),
        verdict=entry.verdict,
        symbol=SYMBOLS[entry.verdict],
    )


def _contrast(entry: ContrastEntry, last: int) -> Told:
    at = "" if entry.generation == last else f" (generation {entry.generation})"
    scale = Scale.of(entry.unit, [entry.mean], digits=3)
    signed = entry.compare != "ratio" or entry.beyond is not None
    return Told(
        says=entry.says + at,
        expected=entry.expected,
        asked=_asked(entry.least, entry.most),
        measured=scale.signed(entry.mean) if signed else scale.text(entry.mean),
        interval=scale.interval(entry.lower, entry.upper, signed=signed),
        unit=scale.unit,
        verdict=entry.verdict,
        symbol=SYMBOLS[entry.verdict],
        entry=entry,
    )


def _asked(least: float | None, most: float | None) -> str:
    """Say which results support a claim."""
    low, high = (
        None if end is None else f"{end:g}".replace("-", "\u2212") for end in (least, most)
    )
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"above {low}" if high is None else f"below {high}"


def markdown(record: Record) -> str:
    """Return the claims of a record as a Markdown table: a row a claim, and one a contrast."""
    seeds = count(len(record.seeds), "seed")
    measured = f"at generation {record.generations}: mean over {seeds} [95 % interval]"
    lines = [_row("claim", "published or expected", "asked", measured, "verdict"), "|" + "---|" * 5]
    for claim in told(record):
        lines.append(_row(f"**{_cell(claim.claim)}**", "", "", "", f"**{claim.verdict}**"))
        for contrast in claim.contrasts:
            found = f"{contrast.measured} {contrast.interval or ''} {_cell(contrast.unit)}"
            lines.append(
                _row(
                    _cell(contrast.says),
                    _cell(contrast.expected),
                    contrast.asked,
                    "no value" if contrast.measured is None else " ".join(found.split()),
                    contrast.verdict,
                )
            )
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Make text that a record brings along harmless within a cell."""
    plain = " ".join(inert(text).split())
    for character in "\\`*_[]|":
        plain = plain.replace(character, f"\\{character}")
    return plain.replace("&", "&amp;").replace("<", "&lt;")
