"""How far the groups that samples speak of are from those of human text."""

from __future__ import annotations

import numpy as np
from benchsuite_words.groups import GROUPS
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.groups import columns, mentions
from benchsuite_metrics.intervals import Estimate, bounded, jackknife
from benchsuite_metrics.reference import Reference, held_out, per_human
from benchsuite_metrics.words import texts, words_of


class MentionDivergenceParameters(Reference):
    """How much text is compared."""

    mentions: int = Field(
        200, ge=1, description="Mentions of a kind in samples, and in held-out human text."
    )


class MentionDivergence(Metric[MentionDivergenceParameters]):
    """Kullback-Leibler divergence of the groups that samples speak of from human training text's.

    KL(human ‖ samples) = Σ h log(h / s), natural log, over the groups of a kind (those of
    `mention-shares`), with one half added to each count (Jeffreys' prior; Krichevsky & Trofimov
    1981), so that a group which samples have lost costs much, but not everything. It falls as
    text grows, by about (groups - 1) / 2 / mentions: hence the first rows of the samples up to
    `mentions` mentions, and beside it as many of held-out human text. Slices: `gender`,
    `religion`, `origin`; shown beside each, human text. Unit: nats. n: mentions; no value where
    there are fewer. Interval: jackknife over rows (Efron & Stein 1981), cut at 0.

    Zero would be equal shares, but human text is not at zero either: what is no larger than
    that is chance, and within neutral drift (see `mention-shares`) no amplification. English.
    """

    parameters_type = MentionDivergenceParameters
    axis = "bias"
    unit = "nats"
    best = "lower"
    needs = frozenset({"samples"})
    context_slices = frozenset(f"{kind} (human)" for kind in GROUPS)

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare samples, and held-out human text of as many mentions, with training text."""
        seed = self.parameters.reference_seed
        samples = mentions(words_of(texts(subject.samples)))
        known, others = _known(subject.human), _held_out(subject.human, seed)
        found = []
        for kind in GROUPS:
            of = columns(kind)
            for counts, name in ((samples, kind), (others, f"{kind} (human)")):
                first = _first(counts[:, of], self.parameters.mentions)
                found.append(_divergence(known[of], first).named(name))
        return found


def _first(rows: np.ndarray, wanted: int) -> np.ndarray:
    """Return the first rows that hold so many mentions, the last one in part; none where fewer."""
    ends = np.cumsum(rows.sum(axis=1))
    if not len(ends) or ends[-1] < wanted:
        return rows[:0]
    last = int(np.searchsorted(ends, wanted))
    first: np.ndarray = rows[: last + 1].copy()
    first[last] *= (wanted - (ends[last] - first[last].sum())) / first[last].sum()
    some: np.ndarray = first[first.sum(axis=1) > 0]
    return some


def _divergence(known: np.ndarray, rows: np.ndarray) -> Estimate:
    n = round(float(rows.sum()))
    if not n or not known.sum():
        return Estimate(None, n)
    human = (known + 0.5) / (known + 0.5).sum()

    def divergence(counts: np.ndarray) -> np.ndarray:
        shares = (counts + 0.5) / (counts + 0.5).sum(axis=-1, keepdims=True)
        found: np.ndarray = np.sum(human * np.log(human / shares), axis=-1)
        return found

    return bounded(jackknife(rows, divergence, n), 0.0)


@per_human
def _known(human: HumanRows) -> np.ndarray:
    counts: np.ndarray = mentions(words_of(texts(human.train))).sum(axis=0)
    return counts


@per_human
def _held_out(human: HumanRows, seed: int) -> np.ndarray:
    return mentions(words_of(texts(held_out(human, seed))))
