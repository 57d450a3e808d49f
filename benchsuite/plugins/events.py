"""What trackers are told while a run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunStarted:
    """A run is about to execute its plan: `steps` in all, `reused` of them from the store."""

    suite: str
    steps: int
    reused: int


@dataclass(frozen=True)
class StepFinished:
    """A step ended. `error` is the sentence that says why it failed, or None.

    `cost` holds what the step spent: seconds, tokens, flops, peak memory (bytes)
    and energy (joules, None where it is not reported).
    """

    identity: str
    kind: str
    label: str
    cost: Mapping[str, float | None]
    error: str | None


@dataclass(frozen=True)
class GenerationFinished:
    """Every model of one generation has been trained and measured."""

    generation: int


@dataclass(frozen=True)
class RecordWritten:
    """The record, measurements, samples and report of a run lie in `directory`."""

    directory: Path
