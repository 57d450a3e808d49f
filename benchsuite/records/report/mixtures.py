"""What a regime trains on, in words and as a bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from benchsuite.records.record import RegimeEntry
from benchsuite.records.report.numbers import short
from benchsuite.suites.mixture import Share, Source
from benchsuite.suites.regime import Keep, Regime

_SOURCES: dict[Source, str] = {
    "human-fixed": "human text",
    "human-fresh": "human text that no generation has seen",
    "synthetic-last": "text of the generation before",
    "synthetic-all": "text of all generations before",
}


@dataclass(frozen=True)
class Part:
    """A part of a mixture; `weight` is its width in the bar."""

    source: Source
    words: str
    weight: float


@dataclass(frozen=True)
class Described:
    """A regime's knobs for reading; without parts where the document is of another version."""

    parts: tuple[Part, ...]
    pooled: bool
    graders: tuple[str, ...]
    decoding: str | None
    cites: tuple[str, ...]
    document: str


def describe(entry: RegimeEntry) -> Described:
    """Put a regime's document into words."""
    document = yaml.safe_dump(entry.document, sort_keys=False, allow_unicode=True)
    try:
        regime = Regime.model_validate(entry.document)
    except ValidationError:
        return Described((), pooled=False, graders=(), decoding=None, cites=(), document=document)
    return Described(
        parts=tuple(_part(share) for share in regime.mixture),
        pooled=regime.mixture[0].share == "everything",
        graders=tuple(
            f"{short(grading.grader.name)} keeps {_kept(grading.keep)}"
            for grading in regime.graders
        ),
        decoding=_decoding(regime.decoding.model_dump()) if regime.synthetic else None,
        cites=tuple(regime.cites),
        document=document,
    )


def _kept(keep: Keep) -> str:
    return f"the best {_percent(keep.best)}" if keep.best else f"scores from {keep.threshold:g} on"


def _part(share: Share) -> Part:
    words = _SOURCES[share.source]
    if share.unique is not None:
        words += f" ({_percent(share.unique)} of the budget, repeated)"
    if share.share == "everything":
        return Part(share.source, f"all {words.removeprefix('text of all ')}", 1)
    return Part(share.source, f"{_percent(share.share)} {words}", share.share)


def _percent(share: float) -> str:
    return f"{100 * share:.4g}\u00a0%"


def _decoding(knobs: dict[str, Any]) -> str:
    words = [f"temperature {knobs['temperature']:g}"]
    words += [f"top-k {knobs['top_k']}"] if knobs["top_k"] else []
    words += [f"top-p {knobs['top_p']:g}"] if knobs["top_p"] < 1 else []
    return ", ".join(words)
