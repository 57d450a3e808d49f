"""How much of what models are evaluated on their training rows hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from benchsuite.api import Context, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import share
from benchsuite_metrics.words import Words, run_begins, words_of

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_AT_ONCE = 16_384
_ODD = np.uint64(0x9E3779B97F4A7C15)


class ContaminationParameters(Parameters):
    """What counts as the same text, and how much of it is too much."""

    n: int = Field(8, ge=1, description="Words in a run that must be the same.")
    threshold: float = Field(
        0.05, ge=0, lt=1, description="Share above which measurements on a set are flagged."
    )


class Contamination(Metric[ContaminationParameters]):
    """Share of an evaluation set's words that stand in runs which the training rows hold.

    A word counts if any run of `n` words of its row that it is in also stands within a training
    row, human or synthetic; the share is over the words of rows with `n` words at least. Words
    as in `novelty`: no case, no marks. So defined in Grattafiori et al., arXiv:2407.21783, §5.1.4,
    with runs of 8 tokens; Brown et al., arXiv:2005.14165, App. C, drop rows that share a run of 13.
    A slice for each evaluation set that the suite's metrics name. Where it is above `threshold`,
    what those metrics measured of this model on the set is flagged. Unit: share. n: words; no
    value of a set without rows so long. Interval: Wilson's at the effective sample size of rows
    (Korn & Graubard 1998).

    Text that people copy makes it more than 0: see generation 0, which read human rows alone. It
    speaks at every scale; paraphrases are not seen, and scripts without spaces hardly.
    """

    parameters_type = ContaminationParameters
    axis = "generalization"
    unit = "share"
    best = "lower"
    needs = frozenset({"training", "evaluations"})

    @property
    def contaminated_above(self) -> float:
        """The threshold."""
        return self.parameters.threshold

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Go through the training rows once, a piece at a time."""
        n = self.parameters.n
        sets = {name: words_of(rows) for name, rows in subject.evaluations.items()}
        hashes = {name: run_hashes(text, n) for name, text in sets.items()}
        wanted = np.unique(np.concatenate([np.zeros(0, np.uint64), *hashes.values()]))
        held = np.zeros(len(wanted), bool)
        for piece in _pieces(subject.training):
            held |= np.isin(wanted, run_hashes(words_of(piece), n))
        return [_covered(sets[name], hashes[name], wanted[held], n, name) for name in sets]


def run_hashes(text: Words, n: int) -> np.ndarray:
    """Return a 64-bit hash of each run of `n` words within a row; the same in every process."""
    known = {word: _hash(word) for word in set(text.words)}
    words = np.fromiter((known[word] for word in text.words), np.uint64)
    starts = np.flatnonzero(run_begins(text.rows, n))
    hashes = np.zeros(len(starts), np.uint64)
    for offset in range(n):
        hashes ^= words[starts + offset]
        hashes *= _ODD
        hashes ^= hashes >> np.uint64(32)
    return hashes


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


def _pieces(rows: pa.Table) -> Iterator[Iterable[str]]:
    for batch in rows.to_batches(_ROWS_AT_ONCE) if rows.num_rows else ():
        yield batch.column("text").to_pylist()


def _covered(text: Words, hashes: np.ndarray, held: np.ndarray, n: int, name: str) -> Measurement:
    """Measure the share of words that are part of a run which is held."""
    starts = np.flatnonzero(run_begins(text.rows, n))
    if not len(starts):
        return Measurement(None, 0, name)
    copied = np.zeros(len(text.rows), bool)
    for offset in range(n):
        copied[starts[np.isin(hashes, held)] + offset] = True
    within = np.isin(text.rows, text.rows[starts])
    size = int(text.rows[-1]) + 1
    return share(
        np.bincount(text.rows[copied & within], minlength=size),
        np.bincount(text.rows[within], minlength=size),
    ).named(name)
