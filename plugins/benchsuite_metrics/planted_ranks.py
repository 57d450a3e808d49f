"""Where a model ranks the true objects of planted facts among those of the relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from benchsuite.api import Context, HumanRows, Subject
from benchsuite_metrics.planted import by_band, times_stated, world
from benchsuite_metrics.reference import per_human

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchsuite_worlds.statements import Wording, World

    from benchsuite.api import Measurement
    from benchsuite_metrics.intervals import Estimate


def measured(
    subject: Subject, context: Context, estimate: Callable[[np.ndarray], Estimate]
) -> list[Measurement]:
    """Estimate something of the ranks of all facts, by how often generation 0 was shown them."""
    known = world(subject.human)
    times = times_stated(subject.drawn, known.facts)
    found = by_band(ranks(subject, known, context), times, estimate)
    return [value.named(name) for name, value in found.items()]


def ranks(subject: Subject, known: World, context: Context) -> np.ndarray:
    """Return the rank of each fact's object, from 1; equal scores share the middle of theirs.

    A score is the likelihood of the whole sentence with its end: what stands around the object
    is the same for all.
    """
    sentences = _sentences(subject.human)
    if not sentences.num_rows:
        return np.zeros(len(known.facts))
    scores = iter(subject.score(sentences, context).totals.tolist())
    found = []
    for fact in known.facts:
        objects = known.objects[fact.relation]
        each = np.array([next(scores) for _ in objects])
        true = each[objects.index(fact.object)]
        ties = np.count_nonzero(each == true) - 1
        found.append(1 + np.count_nonzero(each > true) + ties / 2)
    return np.array(found, np.float64)


@per_human
def _sentences(human: HumanRows) -> pa.Table:
    """Return each fact's sentence with every object of its relation, in one wording."""
    known = world(human)
    sentences = [
        _asked(known.wordings[fact.relation]).filled(fact.subject, object_)
        for fact in known.facts
        for object_ in known.objects[fact.relation]
    ]
    return pa.table({"text": pa.array(sentences, pa.string())})


def _asked(wordings: list[Wording]) -> Wording:
    """Return the wording to ask in: one that names the subject first, where there is one."""
    return min(wordings, key=lambda wording: (wording.names[0] != "subject", wording))
