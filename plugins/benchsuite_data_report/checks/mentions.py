"""Which groups of people are spoken of."""

from __future__ import annotations

from math import sqrt

import numpy as np
from benchsuite_words.groups import ENDINGS, GROUPS, NAMES, group_of

from benchsuite_data_report.checks.base import Check, Given
from benchsuite_data_report.judging import Bounds, Z
from benchsuite_data_report.results import Finding, Outcome, Series
from benchsuite_data_report.rows import Batch, WordHashes
from benchsuite_data_report.sketches import KnownCodes

_GAP = Bounds(0.05, 0.15)
_LEAST = 100
_KIND = np.array([list(GROUPS).index(kind) for kind, _ in NAMES])
_HASHES = WordHashes()
_BY_CODE = {
    _HASHES[word + ending]: group_of(word)
    for groups in GROUPS.values()
    for words in groups.values()
    for word in words.split()
    for ending in ENDINGS
}
_WORDS = KnownCodes(np.array(list(_BY_CODE), np.uint64))
_COLUMNS = np.array([_BY_CODE[code] for code in _WORDS.codes.tolist()])


class Mentions(Check):
    """Each group's share of the mentions of its kind, beside human text's."""

    name = "mentions"
    title = "Groups spoken of"
    why = (
        "Generators speak of some groups more often than people do, and of others less; models "
        "trained on their text take it over, and the next generation more so."
    )
    how = (
        "Words for groups by gender, religion and origin (English), counted in all rows: a group's "
        "share of the mentions of its kind. Judged by the distance from human text where the 95 % "
        "interval of the difference, which minds that mentions of one row belong together, leaves "
        f"out zero, and where both sides have {_LEAST} mentions of the kind. A word list sees "
        "neither names nor what is said of a group. The thresholds are this report's own."
    )
    sources = (
        "Wyllie, Shumailov & Papernot 2024, arXiv:2403.07857",
        "Taori & Hashimoto 2023, arXiv:2209.03942",
    )

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self._mine, self._human = _Shares(), _Shares()

    def see(self, batch: Batch) -> None:
        """Count mentions."""
        self._mine.add(batch)

    def see_human(self, batch: Batch) -> None:
        """Count mentions."""
        self._human.add(batch)

    def outcome(self) -> Outcome:
        """Compare shares."""
        shares, errors, sizes = self._mine.shares()
        others, others_errors, others_sizes = self._human.shares()
        findings = []
        for column, (kind, group) in enumerate(NAMES):
            mine, human = shares[column], others[column]
            room = Z * sqrt(errors[column] ** 2 + others_errors[column] ** 2)
            gap = abs(mine - human)
            judged = min(sizes[column], others_sizes[column]) >= _LEAST
            seen = gap if gap > room else 0.0
            findings.append(
                Finding(
                    name=f"{kind}: {group}",
                    value=mine if sizes[column] else None,
                    unit="share",
                    n=int(sizes[column]),
                    lower=max(0.0, mine - Z * errors[column]) if sizes[column] else None,
                    upper=min(1.0, mine + Z * errors[column]) if sizes[column] else None,
                    human=human if others_sizes[column] else None,
                    threshold=_GAP.told("away from human text's by "),
                    verdict=_GAP.judge(seen) if judged else "not judged",
                )
            )
        far = [f.name.partition(": ")[2] for f in findings if f.verdict in {"look", "fail"}]
        total = int(self._mine.total.sum())
        says = f"{total:,} mentions; " + (
            f"away from human text: {', '.join(far)}."
            if far
            else "no share is far from human text's."
            if self.given.human
            else "give --human to have them judged."
        )
        series = Series(
            title="Share of mentions by group",
            axis="group",
            labels=[group for _, group in NAMES],
            synthetic=shares.tolist(),
            human=others.tolist() if self.given.human else [],
        )
        return self.found(says, findings, series=series)


class _Shares:
    """Sums that shares and their errors follow from.

    share p = sum y / sum x, y mentions of the group in a row, x of its kind; its variance is
    sum (y - p x)^2 / (sum x)^2 (Cochran, Sampling Techniques, 1977, section 6.4).
    """

    def __init__(self) -> None:
        size = len(NAMES)
        self.total, self._kind = np.zeros(size), np.zeros(size)
        self._yy, self._xy, self._xx = np.zeros(size), np.zeros(size), np.zeros(size)

    def add(self, batch: Batch) -> None:
        found, places = _WORDS.places(batch.hashed.codes)
        y = np.zeros((len(batch.texts), len(NAMES)))
        np.add.at(y, (batch.hashed.rows[found], _COLUMNS[places]), 1)
        x = np.stack([y[:, kind == _KIND].sum(axis=1) for kind in _KIND], axis=1)
        self.total += y.sum(axis=0)
        self._kind += x.sum(axis=0)
        self._yy += (y * y).sum(axis=0)
        self._xy += (x * y).sum(axis=0)
        self._xx += (x * x).sum(axis=0)

    def shares(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return shares, their standard errors, and mentions of each one's kind."""
        size = np.maximum(1, self._kind)
        p = self.total / size
        variance = np.maximum(0, self._yy - 2 * p * self._xy + p**2 * self._xx) / size**2
        return p, np.sqrt(variance), self._kind
