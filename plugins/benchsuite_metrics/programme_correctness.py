"""How many of a model's rows state the truth, in a grammar that can be checked."""

from __future__ import annotations

import numpy as np
from benchsuite_worlds.parameters import Checked

from benchsuite.api import Context, Measurement, Metric, Subject
from benchsuite_metrics.intervals import share
from benchsuite_metrics.words import texts


class ProgrammeCorrectness(Metric[Checked]):
    """Share of samples that state something in a grammar, all of it true.

    `grammar` says what a statement is: `arithmetic`, equations of whole numbers with +, - and *;
    `logic`, lines of a boolean expression and its value; `biographies`, sentences on the people
    of `corpora/programme`. Slices: `all`, true samples of all samples; `stating`, true ones of
    those that state something. Unit: share. n: rows; no value where there are none. Intervals:
    Wilson's (1927) over rows.

    Whoever guesses the value of an equation is never right, that of a boolean expression half of
    the time, and a person's year of birth once in a hundred. Correctness rises as well where a
    model writes nothing but easy rows, so read it beside a metric of diversity: Briesch et al.
    2023 (arXiv:2311.16822) saw correctness stay and diversity fall.
    """

    parameters_type = Checked
    axis = "factuality"
    unit = "share"
    best = "higher"
    needs = frozenset({"samples"})

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Check all samples."""
        check = self.parameters.checker().check
        found = [check(text) for text in texts(subject.samples)]
        true = np.array([verdict is True for verdict in found], np.int64)
        stating = np.array([verdict is not None for verdict in found], np.int64)
        return [
            _share(true, "all"),
            _share(true[stating == 1], "stating"),
        ]


def _share(true: np.ndarray, name: str) -> Measurement:
    if not len(true):
        return Measurement(None, 0, name)
    return share(true, np.ones(len(true), np.int64)).named(name)
