"""Whether rows hold what models are evaluated on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from benchsuite_words.evaluation_texts import texts_of

from benchsuite.api import DataSet, catalogue, dataset
from benchsuite_data_report.checks.base import Check, Given
from benchsuite_data_report.judging import Bounds, percent, share
from benchsuite_data_report.personal_data import excerpt
from benchsuite_data_report.results import Example, Finding, Outcome
from benchsuite_data_report.rows import Batch, Hashed, WordHashes
from benchsuite_data_report.sketches import KnownCodes, run_hashes

_RUN = 8
_BOUNDS = Bounds(0.01, 0.05)
_NO_EVALUATION = ("human/", "reference/", "bias/wordlists", "creativity/dat_words")
"""Sets of the catalogue that nobody is evaluated on."""
_TEXTS = 4096
_EXAMPLES = 3


class _Text(NamedTuple):
    """An evaluation set: its words' rows, and its runs with the word that each starts at."""

    rows: np.ndarray
    codes: np.ndarray
    starts: np.ndarray


class Contamination(Check):
    """Looks for runs of words of evaluation sets in all rows."""

    name = "contamination"
    title = "Evaluation sets"
    why = (
        "A model that was trained on what it is evaluated on looks better than it is. Generators "
        "know many evaluation sets by heart, and write them into what they make."
    )
    how = (
        f"The share of an evaluation set's words that stand in a run of {_RUN} words which some "
        "row holds too; words without case and marks. Every text of a set's files counts, those of "
        f"fewer than {_RUN} words left out. The sets are those of the catalogue that lie in the "
        "data root, or those named with --against. Paraphrases and translations are not seen; "
        "common phrases are. Above 5 % a set counts as contaminated, as in benchsuite's metric; "
        "the lower threshold is this report's own."
    )
    sources = (
        "Grattafiori et al. 2024, arXiv:2407.21783, section 5.1.4",
        "Brown et al. 2020, arXiv:2005.14165, appendix C",
    )

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self._sets = {found.name: _text(found) for found in _chosen(given)}
        codes = [text.codes for text in self._sets.values()]
        self._known = KnownCodes(np.concatenate([np.zeros(0, np.uint64), *codes]))
        self._held = np.zeros(len(self._known.codes), bool)
        self._rows = 0
        self._examples: list[Example] = []

    def see(self, batch: Batch) -> None:
        """Mark runs that are held."""
        if not self._sets:
            return
        runs = run_hashes(batch.hashed, _RUN)
        found, places = self._known.places(runs.codes)
        self._held[places] = True
        rows = np.unique(runs.rows[found]).tolist()
        self._rows += len(rows)
        for row in rows[: _EXAMPLES - len(self._examples)]:
            about = f"shares a run of {_RUN} words"
            example = Example(
                row=batch.first + row + 1, about=about, text=excerpt(batch.texts[row])
            )
            self._examples.append(example)

    def outcome(self) -> Outcome:
        """Tell the share of each set's words."""
        if not self._sets:
            says = (
                "No evaluation set lies in the data root; name one with --data-root, "
                "or sets with --against."
            )
            return self.found(says, [])
        findings = [self._covered(name, text) for name, text in self._sets.items()]
        total = self.given.synthetic.total
        findings.append(share("rows that share a run with any", self._rows, total, sampled=False))
        found = [
            f"{f.name} ({percent(f.value or 0)})" for f in findings if f.verdict in {"look", "fail"}
        ]
        says = f"{len(self._sets)} sets were looked for; " + (
            f"held in part: {', '.join(found)}." if found else "none is held to a notable extent."
        )
        return self.found(says, findings, self._examples)

    def _covered(self, name: str, text: _Text) -> Finding:
        held = self._held[np.searchsorted(self._known.codes, text.codes)]
        copied = np.zeros(len(text.rows), bool)
        for offset in range(_RUN):
            copied[text.starts[held] + offset] = True
        counted = int(np.isin(text.rows, text.rows[text.starts]).sum())
        return share(name, int(copied.sum()), counted, _BOUNDS, sampled=False)


def _chosen(given: Given) -> list[DataSet]:
    if given.sets is not None:
        return [dataset(name) for name in given.sets]
    return [
        found
        for found in catalogue().values()
        if not found.name.startswith(_NO_EVALUATION)
        and all(file.place() == "data root" for file in found.published.values())
    ]


def _text(found: DataSet) -> _Text:
    """Hash the runs of a set, some texts at a time."""
    rows, codes, starts = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    known, words, texts = WordHashes(), 0, 0
    for batch in _batches(texts_of(found), known):
        runs = run_hashes(batch.hashed, _RUN)
        codes.append(runs.codes)
        starts.append(words + _starts(batch.hashed))
        rows.append(texts + batch.hashed.rows)
        words, texts = words + len(batch.hashed.codes), texts + len(batch.texts)
    return _Text(np.concatenate(rows), np.concatenate(codes), np.concatenate(starts))


def _starts(text: Hashed) -> np.ndarray:
    last = max(0, len(text.rows) - _RUN + 1)
    return np.flatnonzero(text.rows[:last] == text.rows[_RUN - 1 :][:last])


def _batches(texts: Iterator[str], known: WordHashes) -> Iterator[Batch]:
    held: list[str] = []
    for text in texts:
        held.append(text)
        if len(held) == _TEXTS:
            yield Batch(0, held, [], known)
            held = []
    yield Batch(0, held, [], known)
