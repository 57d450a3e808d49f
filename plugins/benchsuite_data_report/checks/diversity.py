"""How varied the rows are, beside as much human text."""

from __future__ import annotations

import zlib
from collections import Counter
from itertools import islice
from math import log2

from benchsuite_words.words import words

from benchsuite_data_report.checks.base import Check
from benchsuite_data_report.judging import Bounds
from benchsuite_data_report.results import Finding, Outcome, Unit

_WORDS = 200_000
_BYTES = 2**20
_LEAST = 1_000
_GAP = Bounds(0.1, 0.25)
_RUNS = range(1, 5)


class Diversity(Check):
    """Distinct runs of words, entropy of words and compression, of equal samples."""

    name = "diversity"
    title = "Diversity"
    why = (
        "Models that learn from their own text narrow: they use fewer words and forms in each "
        "generation. A set that is less varied than human text passes that on to whoever trains on "
        "it. Text far more varied than people's coheres less."
    )
    how = (
        "Rows of the sample in random order, cut to as many words as both sides have (200,000 at "
        "most), since all of these move with the size. distinct-n: different runs of n words "
        "within a row, over all of them. Entropy of words in bits. Compression: bytes over bytes "
        "after zlib at level 9, of as many bytes of both sides (1 MiB at most). Judged by the "
        "distance from human text, in either direction; without human text there is nothing to "
        "judge by. Popular scores of this kind hardly see the loss of rare words: see tail "
        "coverage. The thresholds are this report's own."
    )
    sources = (
        "Li et al. 2016, arXiv:1510.03055 (distinct-n)",
        "Shaib et al. 2024, arXiv:2403.00553 (compression)",
        "Guo et al. 2024, arXiv:2311.09807 (decline over generations)",
    )

    def outcome(self) -> Outcome:
        """Compare equal samples."""
        given = self.given
        mine = given.synthetic.shuffled(given.seed)
        human = given.human.shuffled(given.seed) if given.human else None
        sides = [rows for rows in (mine, human) if rows is not None]
        cut = [[words(row) for row in rows] for rows in sides]
        size = min(_WORDS, *(sum(map(len, rows)) for rows in cut))
        cut = [_first(rows, size) for rows in cut]
        length = min(_BYTES, *(len("\n".join(rows).encode()) for rows in sides))
        findings = [
            self._finding(f"distinct-{n}", "distinct", [_distinct(r, n) for r in cut], size)
            for n in _RUNS
        ]
        findings.append(
            self._finding("entropy of words", "bits/word", [_entropy(rows) for rows in cut], size)
        )
        ratios: list[float | None] = [_compressed(rows, length) for rows in sides]
        findings.append(self._finding("compression ratio", "ratio", ratios, length))
        far = [f.name for f in findings if f.verdict in {"look", "fail"}]
        says = f"Measured on {size:,} words of each side; "
        if human is None:
            says = f"Measured on {size:,} words; give --human to have it judged."
        elif size < _LEAST:
            says += f"fewer than {_LEAST:,} words are too few to judge."
        elif far:
            says += f"{', '.join(far)} {'is' if len(far) == 1 else 'are'} far from human text's."
        else:
            says += "all as human text."
        return self.found(says, findings)

    def _finding(self, name: str, unit: Unit, values: list[float | None], n: int) -> Finding:
        mine, human = values[0], values[1] if len(values) > 1 else None
        enough = n >= _LEAST and mine is not None and human
        gap = abs(mine / human - 1) if enough and mine is not None and human else None
        return Finding(
            name=name,
            value=mine,
            unit=unit,
            n=n,
            human=human,
            threshold=_GAP.told("away from human text's by "),
            verdict=_GAP.judge(gap),
        )


def _first(rows: list[list[str]], size: int) -> list[list[str]]:
    """Return the first `size` words, in their rows."""
    found = []
    for row in rows:
        if size <= 0:
            break
        found.append(row[:size])
        size -= len(row)
    return found


def _distinct(rows: list[list[str]], n: int) -> float | None:
    seen: set[tuple[str, ...]] = set()
    total = 0
    for row in rows:
        runs = list(zip(*(islice(row, start, None) for start in range(n)), strict=False))
        total += len(runs)
        seen.update(runs)
    return len(seen) / total if total else None


def _entropy(rows: list[list[str]]) -> float | None:
    counts = Counter(word for row in rows for word in row)
    total = counts.total()
    return -sum(c / total * log2(c / total) for c in counts.values()) if total else None


def _compressed(rows: list[str], length: int) -> float | None:
    text = "\n".join(rows).encode()[:length]
    return len(text) / len(zlib.compress(text, 9)) if text else None
