"""How much of what a model writes its training text did not hold."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.intervals import Estimate, against_human, share
from benchsuite_metrics.reference import Reference, training_words
from benchsuite_metrics.runs import contained, windows_of
from benchsuite_metrics.words import Words, words_in


class NoveltyParameters(Reference):
    """How long a run of words must be to count."""

    n: int = Field(4, ge=1, description="Words in a run.")


class Novelty(Metric[NoveltyParameters]):
    """Share of the samples' word runs that the model's training rows do not hold.

    A run is `n` neighbouring words within a row; each occurrence counts. `samples` are looked
    up in the rows the model was trained on. `human` are the test rows, looked up in as many
    words of human training rows: how new human text is to those who read only human text.
    `gap` = samples - human. A share of occurrences does not grow with the text, so both are
    used in full; it falls as the rows that are searched grow. Unit: share. n: runs.
    Intervals: Wilson's at the effective sample size of rows (Korn & Graubard 1998), the gap's
    by method 10 of Newcombe (1998). No value where a side, or the training rows, have no
    run. Source: McCoy et al., TACL 11 (2023) 652, arXiv:2111.09509.

    Zero is best: below it a model copies, above it it is less coherent than people are,
    which looks like novelty. It speaks at every scale, but a small model is often above.
    """

    parameters_type = NoveltyParameters
    axis = "creativity"
    unit = "share"
    best = "zero"
    needs = frozenset({"samples", "training"})
    context_slices = frozenset({"samples", "human"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Look up runs of samples, and of human test rows, each in what was to be learned from."""
        human, n = subject.human, self.parameters.n
        training, written = words_in(subject.training), words_in(subject.samples)
        as_many, held = self._as_many(human, len(training)), words_in(human.test)
        learned, runs, read, others = windows_of(n, training, written, as_many, held)
        return against_human(_novel(written, runs, learned, n), _novel(held, others, read, n))

    def _as_many(self, human: HumanRows, count: int) -> Words:
        """Return as many words of human training rows; where it is all, in which order is one."""
        words = words_in(human.train)
        if len(words) <= count:
            return words
        return training_words(human, self.parameters.reference_seed).first(count)


def _novel(text: Words, runs: np.ndarray, known: np.ndarray, n: int) -> Estimate:
    """Return the share of the runs of a text that are not known; codes below 0 are no runs."""
    trials = np.maximum(np.diff(text.ends, prepend=0) - n + 1, 0)
    if not trials.any() or not (known >= 0).any():
        return Estimate(None, int(np.sum(trials)))
    new = (runs >= 0) & ~contained(runs, known)
    before = np.zeros(1 + len(new), np.int32)
    np.cumsum(new, out=before[1:])
    ends = np.minimum(text.ends, len(new))
    return share(np.diff(before[ends], prepend=0), trials)
