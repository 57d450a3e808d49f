"""Whether rows say where they come from."""

from __future__ import annotations

from collections import Counter

from benchsuite_data_report.checks.base import Check, Given
from benchsuite_data_report.judging import Bounds, share
from benchsuite_data_report.results import Finding, Outcome
from benchsuite_data_report.rows import Batch

COLUMNS: dict[str, tuple[str, ...]] = {
    "model": ("model", "model_name", "model_id", "generator", "teacher", "teacher_model"),
    "prompt": ("prompt", "instruction", "input", "question", "prompt_id"),
    "licence": ("license", "licence", "license_name", "spdx"),
    "source": ("source", "url", "origin", "dataset", "parents", "seed_id", "document"),
    "identity": ("id", "uuid", "row_id"),
}
"""What should be known of a row, and the names of columns that tell it."""
WANTED = tuple(name for names in COLUMNS.values() for name in names)
_NEEDED = frozenset({"model", "prompt", "licence"})
_FILLED = Bounds(0.95, 0.01, below=True)
_USEFUL = Bounds(0.95, 0, below=True)


class Provenance(Check):
    """Counts rows in which a column tells model, prompt, licence, source, identity."""

    name = "provenance"
    title = "Provenance"
    why = (
        "Without the model, the prompt and the licence of a row nobody can tell later what may be "
        "done with it, take out what a bad source made, or keep synthetic text apart from human "
        "text, which is what prevents collapse."
    )
    how = (
        "The share of rows in which a column of a usual name is there and not empty: "
        + "; ".join(f"{what}: {', '.join(names)}" for what, names in COLUMNS.items())
        + ". Whether what it says is true cannot be told. Plain text has no columns. The "
        "thresholds are this report's own."
    )
    sources = (
        "Gebru et al. 2021, arXiv:1803.09010 (datasheets)",
        "Longpre et al. 2023, arXiv:2310.16787 (data provenance)",
        "Gerstgrasser et al. 2024, arXiv:2404.01413 (keeping human text)",
    )

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self._filled: Counter[str] = Counter()
        self._named: Counter[str] = Counter()

    def see(self, batch: Batch) -> None:
        """Look at the columns of each row."""
        for record in batch.records:
            told = [name for name in WANTED if record.get(name) not in (None, "", [], {})]
            self._named.update(told)
        for what, names in COLUMNS.items():
            self._filled[what] += sum(
                any(record.get(name) not in (None, "", [], {}) for name in names)
                for record in batch.records
            )

    def outcome(self) -> Outcome:
        """Tell shares by what should be known."""
        total = self.given.synthetic.total
        findings: list[Finding] = []
        for what, names in COLUMNS.items():
            used = [name for name in names if self._named[name]]
            by = f" (in {', '.join(used)})" if used else ""
            bounds = _FILLED if what in _NEEDED else _USEFUL
            findings.append(
                share(f"rows with {what}{by}", self._filled[what], total, bounds, sampled=False)
            )
        known = [what for what in COLUMNS if self._filled[what] >= _FILLED.look * total]
        missing = [what for what in COLUMNS if what not in known]
        says = f"Told of most rows: {', '.join(known) or 'nothing'}" + (
            f"; not told: {', '.join(missing)}." if missing else "."
        )
        return self.found(says, findings)
