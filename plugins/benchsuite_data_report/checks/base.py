"""What a check is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from benchsuite_data_report.results import Example, Finding, Outcome, Series, worst
from benchsuite_data_report.rows import Batch
from benchsuite_data_report.sampling import Sample


@dataclass(frozen=True)
class Given:
    """What checks know before they see all rows."""

    synthetic: Sample
    human: Sample | None
    seed: int
    invalid: Counter[str]
    sets: Sequence[str] | None = None
    """Evaluation sets to look for; None for all that lie in the data root."""
    offensive: Path | None = None
    """A list of words in the place of our own."""
    columns: Sequence[str] = field(default=())
    """Columns of the first record."""


class Check(ABC):
    """Sees every batch of both sides once, in memory that does not grow with them."""

    name: ClassVar[str]
    title: ClassVar[str]
    why: ClassVar[str]
    how: ClassVar[str]
    sources: ClassVar[tuple[str, ...]] = ()

    def __init__(self, given: Given) -> None:
        self.given = given

    def see(self, batch: Batch) -> None:  # noqa: B027 (most checks see samples alone)
        """Read rows of the data set."""

    def see_human(self, batch: Batch) -> None:  # noqa: B027
        """Read rows of the human text."""

    @abstractmethod
    def outcome(self) -> Outcome:
        """Say what was found."""

    def found(
        self,
        says: str,
        findings: list[Finding],
        examples: Sequence[Example] = (),
        series: Series | None = None,
    ) -> Outcome:
        """Put an outcome together; its verdict is the worst of its findings'."""
        return Outcome(
            check=self.name,
            title=self.title,
            verdict=worst([finding.verdict for finding in findings]),
            says=says,
            why=self.why,
            how=self.how,
            sources=list(self.sources),
            findings=findings,
            examples=list(examples),
            series=series,
        )
