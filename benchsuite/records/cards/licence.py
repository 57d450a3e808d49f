"""Under which terms a run's human text is published, where that is known."""

from __future__ import annotations

from benchsuite.data.catalogue import catalogue
from benchsuite.suites.resolve import ResolvedSuite


def human_licence(suite: ResolvedSuite) -> str | None:
    """Return the licence of a corpus whose parameters name a file of the catalogue."""
    given = {value for value in suite.corpus.document().values() if isinstance(value, str)}
    for found in catalogue().values():
        if not given.isdisjoint(file.sha256 for file in found.files):
            return found.licence
    return None
