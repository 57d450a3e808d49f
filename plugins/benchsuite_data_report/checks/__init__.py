"""The checks, in the order in which they are told."""

from __future__ import annotations

from benchsuite_data_report.checks.base import Check, Given
from benchsuite_data_report.checks.contamination import Contamination
from benchsuite_data_report.checks.diversity import Diversity
from benchsuite_data_report.checks.duplicates import Duplicates
from benchsuite_data_report.checks.mentions import Mentions
from benchsuite_data_report.checks.offensive import Offensive
from benchsuite_data_report.checks.personal import Personal
from benchsuite_data_report.checks.provenance import Provenance
from benchsuite_data_report.checks.quality import Quality
from benchsuite_data_report.checks.reading import Reading
from benchsuite_data_report.checks.tail import Tail

CHECKS: tuple[type[Check], ...] = (
    Reading,
    Quality,
    Duplicates,
    Diversity,
    Tail,
    Mentions,
    Offensive,
    Personal,
    Contamination,
    Provenance,
)

__all__ = ["CHECKS", "Check", "Given"]
