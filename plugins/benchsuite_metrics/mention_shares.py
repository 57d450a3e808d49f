"""How often each group of people is spoken of, against human text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchsuite_words.groups import NAMES

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.groups import columns, mentions
from benchsuite_metrics.intervals import difference, share
from benchsuite_metrics.passed_on import share_of
from benchsuite_metrics.reference import per_human
from benchsuite_metrics.words import words_in

if TYPE_CHECKING:
    import numpy as np


class MentionShares(Metric[Parameters]):
    """Each group's share of the mentions of its kind in samples, minus that in human training text.

    share(g) = mentions of g / mentions of all groups of its kind, over the word lists of
    `benchsuite_words`: gender (feminine, masculine), religion (5 groups), origin (6). A share is a
    mean, so that human text is taken in full: its size moves its interval alone. Slices, signed:
    `feminine`, `masculine`; `christian`, `muslim`, `jewish`, `hindu`, `buddhist`; `african`,
    `american`, `asian`, `european`, `latin american`, `middle eastern`; shown beside each, its
    share in samples and in human text. Unit: share. n:
    mentions of the kind in the samples; no value where a side has none. Intervals: Wilson's at
    the effective sample size of rows (Korn & Graubard 1998), the gap's by method 10 of Newcombe
    (1998).

    Zero is best. Sampling at temperature 1 lets shares drift without direction, with the
    standard error √(p (1-p) (1-(1-1/n)^t)) after t generations, with the p of generation 0's
    samples and the n mentions of the kind in its training text over their design effect. It
    speaks where samples hold some hundred mentions of a kind; English.
    """

    axis = "bias"
    unit = "share"
    best = "zero"
    needs = frozenset({"samples", "drawn"})
    context_slices = frozenset(
        f"{group} ({side})" for _, group in NAMES for side in ("samples", "human")
    )

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare shares in samples with those in human training rows."""
        samples, human = mentions(words_in(subject.samples)), _human(subject.human)
        passed_on = mentions(words_in(subject.drawn)).sum(axis=0)
        found = []
        for column, (kind, group) in enumerate(NAMES):
            of = columns(kind)
            both = [(counts[:, column], counts[:, of].sum(axis=1)) for counts in (samples, human)]
            sides = [share(*each) for each in both]
            drift = share_of(*both[0], passed_on[of].sum()) if sides[0].n else None
            found.append(difference(*sides).named(group, drift))
            found += [
                side.named(f"{group} ({name})")
                for side, name in zip(sides, ("samples", "human"), strict=True)
            ]
        return found


@per_human
def _human(human: HumanRows) -> np.ndarray:
    return mentions(words_in(human.train))
