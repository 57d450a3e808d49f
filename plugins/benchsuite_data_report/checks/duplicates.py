"""How many rows say what an earlier one said already."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from benchsuite_data_report.checks.base import Check, Given
from benchsuite_data_report.judging import Bounds, Z, percent, share
from benchsuite_data_report.personal_data import excerpt
from benchsuite_data_report.results import Example, Finding, Outcome
from benchsuite_data_report.rows import Batch, Hashed, WordHashes
from benchsuite_data_report.sampling import EXCERPT
from benchsuite_data_report.sketches import (
    CopyCounter,
    KnownCodes,
    bands,
    run_hashes,
    signatures,
)

_EXACT = Bounds(0.01, 0.1)
_NEAR = Bounds(0.05, 0.2)
_RUN = 5
_ALIKE = 0.8
_BANDS, _BAND = 16, 6
_EXAMPLES = 3


class Duplicates(Check):
    """Counts equal rows, and looks for earlier rows that are nearly one of the sample."""

    name = "duplicates"
    title = "Duplicates"
    why = (
        "A row that stands there again adds cost and no information, weighs more than others, and "
        "is learned by heart. Models trained on deduplicated text copy ten times less and need "
        "fewer steps for the same loss. Sharpened samplers write the same again and again."
    )
    how = (
        "Equal rows: 64-bit hashes of all rows, counted exactly up to 1,048,576 different ones; "
        "beyond that estimated with a standard error of 0.1 % of the number of different rows (k "
        "minimum values). Near copies: for each row of the sample, whether any earlier row of the "
        f"whole set has a Jaccard similarity of {_ALIKE} or more over runs of {_RUN} words. "
        f"Earlier rows are found by MinHash in {_BANDS} bands of {_BAND}, which misses a pair of "
        "similarity 0.8 in about 1 of 100 cases, and each one found is then compared exactly; of "
        f"a row the first {EXCERPT:,} characters are read, and rows of fewer than {_RUN} words are "
        "left to equal rows. Paraphrases are not seen. The thresholds are this report's own."
    )
    sources = (
        "Lee et al. 2022, arXiv:2107.06499",
        "Broder 1997 (MinHash)",
        "Beyer et al., SIGMOD 2007 (k minimum values)",
    )

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self._equal, self._human = CopyCounter(), CopyCounter()
        self._near = _NearCopies(given)

    def see(self, batch: Batch) -> None:
        """Hash rows, and compare them with the sample."""
        self._equal.add(_hashes(batch))
        self._near.see(batch)

    def see_human(self, batch: Batch) -> None:
        """Hash rows."""
        self._human.add(_hashes(batch))

    def outcome(self) -> Outcome:
        """Tell both."""
        equal, human = self._equal.copies(), self._human.copies()
        rows, near = self.given.synthetic.total, self._near
        exactly = Finding(
            name="rows equal to an earlier one",
            value=max(0.0, equal.share),
            unit="share",
            n=rows,
            lower=max(0.0, equal.share - Z * equal.error) if equal.error else None,
            upper=max(0.0, equal.share + Z * equal.error) if equal.error else None,
            human=max(0.0, human.share) if self.given.human else None,
            threshold=_EXACT.told(),
            verdict=_EXACT.judge(equal.share),
        )
        alike = share("rows nearly equal to an earlier one", near.copies, near.looked_at, _NEAR)
        most = Finding(name="rows that are the same text", value=equal.largest, unit="rows", n=rows)
        says = (
            f"{percent(exactly.value or 0)} of rows are equal to an earlier one, and "
            f"{percent(alike.value or 0)} of those drawn nearly so."
        )
        return self.found(says, [exactly, alike, most], near.examples())


def _hashes(batch: Batch) -> np.ndarray:
    digests = (blake2b(text.encode(), digest_size=8).digest() for text in batch.texts)
    return np.frombuffer(b"".join(digests), "<u8")


class _NearCopies:
    """Which rows of the sample have a near copy before them."""

    def __init__(self, given: Given) -> None:
        self._sample = given.synthetic
        batch = Batch(0, self._sample.texts, [], WordHashes())
        runs = run_hashes(batch.hashed, _RUN)
        count = len(batch.texts)
        self._sets = [np.unique(part) for part in _by_row(runs, count)]
        self._places = np.array(self._sample.places)
        self._earlier: dict[int, tuple[int, str]] = {}
        some = np.flatnonzero([len(each) > 0 for each in self._sets])
        keys = bands(signatures(runs, count, _BANDS * _BAND), _BANDS)[some]
        flat, owners = keys.ravel(), np.repeat(some, _BANDS)
        order = np.argsort(flat, kind="stable")
        self._keys, self._owners = flat[order], owners[order]
        self._known = KnownCodes(self._keys)
        self.looked_at = len(some)

    @property
    def copies(self) -> int:
        return len(self._earlier)

    def see(self, batch: Batch) -> None:
        batch = batch.cut(EXCERPT)
        runs = run_hashes(batch.hashed, _RUN)
        if not len(runs.codes) or not len(self._keys):
            return
        keys = bands(signatures(runs, len(batch.texts), _BANDS * _BAND), _BANDS)
        has_runs = np.bincount(runs.rows, minlength=len(batch.texts)) > 0
        found, _ = self._known.places(keys.ravel())
        parts: list[np.ndarray] | None = None
        for row, key in zip((found // _BANDS).tolist(), keys.ravel()[found], strict=True):
            for owner in self._open(batch.first + row, key) if has_runs[row] else ():
                parts = parts or _by_row(runs, len(batch.texts))
                if _similarity(np.unique(parts[row]), self._sets[owner]) >= _ALIKE:
                    text = batch.texts[row] if len(self._earlier) < _EXAMPLES else ""
                    self._earlier[owner] = (batch.first + row, text)

    def _open(self, row: int, key: np.uint64) -> list[int]:
        """Return rows of the sample behind `row` that share a band with it and need a copy yet."""
        low, high = np.searchsorted(self._keys, key), np.searchsorted(self._keys, key, "right")
        owners = self._owners[low:high]
        later = owners[self._places[owners] > row]
        return [owner for owner in later.tolist() if owner not in self._earlier]

    def examples(self) -> list[Example]:
        shown = []
        for owner, (row, text) in list(self._earlier.items())[:_EXAMPLES]:
            place = self._sample.places[owner]
            shown += [
                Example(
                    row=row + 1, about=f"nearly repeated in row {place + 1:,}", text=excerpt(text)
                ),
                Example(
                    row=place + 1,
                    about=f"nearly repeats row {row + 1:,}",
                    text=excerpt(self._sample.texts[owner]),
                ),
            ]
        return shown


def _by_row(runs: Hashed, rows: int) -> list[np.ndarray]:
    return np.split(runs.codes, np.searchsorted(runs.rows, np.arange(1, rows)))


def _similarity(one: np.ndarray, other: np.ndarray) -> float:
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)
