"""How far the groups that samples speak of are from those of human text."""

from __future__ import annotations

import numpy as np
from benchsuite_words.groups import GROUPS
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Resampled, Subject
from benchsuite_metrics.groups import columns, mentions
from benchsuite_metrics.intervals import Estimate, bounded, design_effect, jackknife
from benchsuite_metrics.passed_on import resampled
from benchsuite_metrics.reference import Reference, held_out, per_human
from benchsuite_metrics.words import words_in


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
    that is chance. Neutral drift moves shares as in `mention-shares`, and so the divergence
    mostly up: with F = 1-(1-1/n)^t it comes to a root mean square of √(g'Cg F + (tr(HC)²/4 +
    tr(HCHC)/2) F²), with gradient g, curvature H and covariance C = diag(s) - ss' of one mention
    at generation 0, n the mentions of the kind in its training text over their mean design effect
    (Rao & Scott, JASA 76 (1981) 221). It holds while no group is near being lost. English.
    """

    parameters_type = MentionDivergenceParameters
    axis = "bias"
    unit = "nats"
    best = "lower"
    needs = frozenset({"samples", "drawn"})
    context_slices = frozenset(f"{kind} (human)" for kind in GROUPS)

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare samples, and held-out human text of as many mentions, with training text."""
        seed = self.parameters.reference_seed
        samples = mentions(words_in(subject.samples))
        passed_on = mentions(words_in(subject.drawn)).sum(axis=0)
        known, others = _known(subject.human), _held_out(subject.human, seed)
        found = []
        for kind in GROUPS:
            of = columns(kind)
            first, other = (_first(c[:, of], self.parameters.mentions) for c in (samples, others))
            drift = _drift(known[of], first, passed_on[of].sum()) if len(first) else None
            found.append(_divergence(known[of], first).named(kind, drift))
            found.append(_divergence(known[of], other).named(f"{kind} (human)"))
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
    human = _shares(known)

    def divergence(counts: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.sum(human * np.log(human / _shares(counts)), axis=-1)
        return found

    return bounded(jackknife(rows, divergence, n), 0.0)


def _drift(known: np.ndarray, rows: np.ndarray, passed_on: float) -> Resampled | None:
    """Return how the divergence drifts: to second order in how its shares do."""
    human, shares = _shares(known), _shares(rows.sum(axis=0))
    bending = (human / shares)[:, None] * (np.eye(len(shares)) - shares)  # H C
    slope = float(np.sum(human**2 / shares)) - 1  # g' C g, with g = -human / shares
    bent = np.trace(bending) ** 2 / 4 + np.trace(bending @ bending) / 2
    return resampled(max(0.0, slope), passed_on / _clumped(rows), float(bent))


def _clumped(rows: np.ndarray) -> float:
    """Return the mean design effect, Σ (1 - s) · effect / (groups - 1), of groups that occur."""
    rows = rows[:, rows.sum(axis=0) > 0]
    rest, total = 1 - rows.sum(axis=0) / rows.sum(), rows.sum(axis=1)
    effects = [design_effect(group, total) for group in rows.T]
    return float(rest @ effects) / (len(effects) - 1) if len(effects) > 1 else 1.0


def _shares(counts: np.ndarray) -> np.ndarray:
    shares: np.ndarray = (counts + 0.5) / (counts + 0.5).sum(axis=-1, keepdims=True)
    return shares


@per_human
def _known(human: HumanRows) -> np.ndarray:
    counts: np.ndarray = mentions(words_in(human.train)).sum(axis=0)
    return counts


@per_human
def _held_out(human: HumanRows, seed: int) -> np.ndarray:
    return mentions(words_in(held_out(human, seed)))
