"""Models trained on their mixes, as many at once as are handed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchsuite.engine.work import Spent, Work
from benchsuite.plugins.kinds import TrainingFailed, TrainingJob


def run_all(works: Sequence[Work]) -> Iterator[Spent | Exception]:
    """Train models of one shape; each writes its checkpoint into its folder."""
    jobs = [_job(work) for work in works]
    for trained in works[0].component.train_all(jobs, works[0].context):
        failed = isinstance(trained, TrainingFailed)
        yield trained if failed else Spent(trained.tokens, trained.flops)


def _job(work: Work) -> TrainingJob:
    """Return what the learner is asked to do."""
    return TrainingJob(
        rows=work.rows("rows"),
        amount=work.arguments["amount"],
        unit=work.arguments["unit"],
        tokenizer=work.one("human") if work.learner.tokenizes else None,
        seed=work.context.seed,
        directory=work.directory,
        scratch=work.scratch,
    )
