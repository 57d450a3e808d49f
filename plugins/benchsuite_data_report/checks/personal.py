"""What looks like data of people."""

from __future__ import annotations

from collections import Counter

from benchsuite_data_report.checks.base import Check, Given
from benchsuite_data_report.judging import Bounds, share
from benchsuite_data_report.personal_data import KINDS, SENSITIVE, find, shape
from benchsuite_data_report.results import Example, Outcome
from benchsuite_data_report.rows import Batch

_BOUNDS = {True: Bounds(0, 0.0001), False: Bounds(0.0001, 0.01)}
"""For what is sensitive, and for the rest."""
_EXAMPLES = 2


class Personal(Check):
    """Looks for patterns of personal data in every row."""

    name = "personal"
    title = "Personal data"
    why = (
        "Language models write addresses and numbers of real people that stood in their training "
        "text, word for word. Whoever publishes or trains on such rows hands them on."
    )
    how = (
        "Patterns in all rows. Card numbers must hold by Luhn's digit, IBANs mod 97; IPv4 "
        "addresses must be public; SSN-like means 3-2-4 digits outside the ranges never given. "
        "Examples show the form alone: x for a letter, 0 for a digit. Names and postal addresses "
        "are not looked for; invented numbers count like real ones, and a long number that is none "
        "may look like a phone number. The thresholds are this report's own: none for what is "
        "sensitive."
    )
    sources = (
        "Carlini et al. 2021, arXiv:2012.07805",
        "Lukas et al. 2023, arXiv:2302.00539",
        "ISO/IEC 7812-1 (Luhn); ISO 13616 (IBAN)",
    )

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self._rows: Counter[str] = Counter()
        self._human: Counter[str] = Counter()
        self._examples: dict[str, list[Example]] = {kind: [] for kind in KINDS}

    def see(self, batch: Batch) -> None:
        """Look at each row."""
        for row, text in enumerate(batch.texts):
            found = {each.kind: each for each in find(text)}
            self._rows.update(found.keys())
            for kind, each in found.items():
                if len(self._examples[kind]) < _EXAMPLES:
                    masked = shape(text[each.start : each.end])
                    example = Example(row=batch.first + row + 1, about=kind, text=masked)
                    self._examples[kind].append(example)

    def see_human(self, batch: Batch) -> None:
        """Look at each row."""
        for text in batch.texts:
            self._human.update({each.kind for each in find(text)})

    def outcome(self) -> Outcome:
        """Tell rows by kind."""
        given = self.given
        findings = [
            share(
                f"rows with {_article(kind)}",
                self._rows[kind],
                given.synthetic.total,
                _BOUNDS[kind in SENSITIVE],
                self._human[kind] / given.human.total if given.human else None,
                sampled=False,
            )
            for kind in KINDS
        ]
        told = [f"{self._rows[kind]:,} with {_article(kind)}" for kind in KINDS if self._rows[kind]]
        says = f"Rows: {', '.join(told)}." if told else "No row holds any of the patterns."
        return self.found(says, findings, [e for each in self._examples.values() for e in each])


def _article(kind: str) -> str:
    an = kind.startswith(("e-", "I", "S"))
    return f"{'an' if an else 'a'} {kind}{' number' if kind == 'SSN-like' else ''}"
