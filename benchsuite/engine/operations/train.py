"""Models trained on their mixes, as many at once as are handed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchsuite.engine.work import Spent, Work
from benchsuite.plugins.kinds import TrainingFailed, TrainingJob


def run_all(works: Sequence[Work]) -> Iterator[Spent | Exception]:
    """Train models of one shape; each writes its checkpoint into its folder."""
    jobs = [_job(work) for work in works]
    for trained in works[0].component.train_all(jobs, works[0].context):
        failed = isinstance(trained, TrainingFailed)
        yield trained if failed else Spent(trained.tokens, trained.flops)


def _job(work: Work) -> TrainingJob:
    """Return what the learner is asked to do.

    Where the mix is all of a pool, training reads all of it; unless the budget grows, it goes
    through no more of it than elsewhere.
    """
    rows, unit, budget = work.rows("rows"), work.arguments["unit"], work.arguments["budget"]
    amount = effort = work.arguments["amount"]
    if budget != "equal":
        amount = rows.num_rows if unit == "rows" else int(np.sum(rows["tokens"].to_numpy()))
    return TrainingJob(
        rows=rows,
        amount=amount,
        unit=unit,
        effort=amount if budget == "growing" else effort,
        init=work.arguments["init"],
        previous=work.one("previous") if "previous" in work.inputs else None,
        tokenizer=work.one("human") if work.learner.tokenizes else None,
        seed=work.context.seed,
        directory=work.directory,
        scratch=work.scratch,
    )
