"""Any task of lm-eval, measured on any model of token ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, field_validator

from benchsuite.api import (
    Context,
    Measurement,
    Metric,
    Parameters,
    Subject,
    TokenModel,
    UserError,
)

if TYPE_CHECKING:
    from benchsuite_lm_eval.loading import Tasks


class LmEvalParameters(Parameters):
    """Which tasks, and how much of them."""

    tasks: tuple[str, ...] = Field(
        min_length=1,
        description="Tasks, groups and tags by name, or paths of YAML files.",
    )
    include: tuple[str, ...] = Field(
        (), description="Folders with YAML tasks of your own, whose names can then be given."
    )
    num_fewshot: int | None = Field(
        None, ge=0, description="Solved examples before each question; the task's own number else."
    )
    limit: int | None = Field(None, ge=1, description="Documents of each task, the first ones.")
    download: bool = Field(
        default=False, description="Whether data sets of a task may be fetched from a hub."
    )

    @field_validator("tasks", "include", mode="before")
    @classmethod
    def _one_or_more(cls, given: object) -> object:
        return (given,) if isinstance(given, str) else given

    @field_validator("include")
    @classmethod
    def _are_folders(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for name in given:
            if not Path(name).is_dir():
                raise ValueError(f"{name} is no folder; name one with YAML tasks")
        return given


class _Evaluation(Metric[LmEvalParameters]):
    """What scores and losses have in common: all tasks of a checkpoint are asked in one call."""

    parameters_type = LmEvalParameters
    axis = "generalization"
    needs = frozenset({"model"})
    tasks = True
    higher_is_better: ClassVar[bool]

    def fingerprint(self) -> str:
        """Return a digest of the tasks: their definitions, and the documents that are asked."""
        return self._load().digest()

    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Evaluate one model on all tasks."""
        return next(self.measure_all([subject], context))

    def measure_all(
        self, subjects: Sequence[Subject], context: Context
    ) -> Iterator[list[Measurement]]:
        """Evaluate each model on all tasks, which are loaded once."""
        tasks = self._load()
        for subject in subjects:
            yield self._measured(tasks, subject, context)

    def _load(self) -> Tasks:
        try:
            from benchsuite_lm_eval.loading import load
        except ImportError as failure:
            raise UserError(
                f"tasks of lm-eval need the package {failure.name}, which is not installed; "
                "install benchsuite[lm-eval]."
            ) from failure
        wanted = self.parameters
        return load(
            wanted.tasks,
            wanted.include,
            wanted.num_fewshot,
            wanted.limit,
            download=wanted.download,
        )

    def _measured(self, tasks: Tasks, subject: Subject, context: Context) -> list[Measurement]:
        from benchsuite_lm_eval.adapter import Adapter
        from benchsuite_lm_eval.evaluation import evaluate

        model = subject.model
        if not isinstance(model, TokenModel):
            raise UserError(
                f"tasks of lm-eval need a model of token ids, and {type(model).__name__} is none; "
                "use a learner of language models."
            )
        found = evaluate(tasks, Adapter(model, context), context.seed)
        return [
            each.measurement for each in found if each.higher_is_better == self.higher_is_better
        ]


class LmEval(_Evaluation):
    """Scores on tasks of lm-eval (EleutherAI's harness), those of which higher is better.

    A slice for each task and metric, as `arc_easy acc_norm` (and the filter, where it is not
    `none`), and for each group that aggregates its tasks. Values are lm-eval's own, on log-
    likelihoods and texts that equal those of its `HFLM` to rounding: context and continuation are
    encoded as one text, and the last tokens that the context holds are read. Its caches are never
    used. Unit: the task's, mostly a share. n: documents.

    Intervals are computed here, from each document's result: Wilson's (JASA 22 (1927) 209) for
    means of zeros and ones, Student's t for other means, and perplexities through it; for any
    other aggregation, percentiles of 1,000 resamples of documents (Efron 1979). Of a group, they
    are combined as of independent estimates (Zou & Donner, Statistics in Medicine 27 (2008)
    1693).

    Chance, where choices are given: one over their number, or what always giving the
    commonest answer earns where the choices are the same in all documents; a task may state its
    own as `metadata: {chance: …}`. Where an interval holds it, the value says nothing: that goes
    for most of ARC, PIQA, HellaSwag, BoolQ and WinoGrande below some hundred million weights.
    """

    unit = "score"
    best = "higher"
    higher_is_better = True


class LmEvalLosses(_Evaluation):
    """Losses on tasks of lm-eval: what `harness/lm-eval` leaves out, since lower is better.

    Perplexities, bits per byte, and shares that lm-eval calls better when lower, as `lambada_openai
    perplexity`. All else is as in `harness/lm-eval`; tasks without such a number have no slice.
    """

    unit = "loss"
    best = "lower"
    higher_is_better = False
