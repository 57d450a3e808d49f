"""Metrics: what measures models."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal

import pyarrow as pa

from benchsuite.plugins.kinds.base import ComponentBase, Context, P
from benchsuite.plugins.kinds.corpus import HumanRows
from benchsuite.plugins.kinds.grader import AppliedGrader
from benchsuite.plugins.kinds.model import Model, Scores
from benchsuite.stats.drift import Drift

Axis = Literal[
    "creativity",
    "bias",
    "generalization",
    "factuality",
    "privacy",
    "homogeneity",
    "grading",
    "cost",
]
Best = Literal["higher", "lower", "zero"]
"""Which values are good. `zero` is for signed gaps: as human text does is best."""
Need = Literal[
    "model",
    "samples",
    "peers",
    "training",
    "earlier",
    "drawn",
    "evaluations",
    "ledger",
    "lineage",
    "place",
    "graders",
]


@dataclass(frozen=True)
class Cost:
    """What a step, or several, spent. `peak_memory` is in bytes; sums take the largest.

    `energy` is in joules, None where the hardware does not report it; so are sums with such steps.
    """

    seconds: float = 0.0
    tokens: int = 0
    flops: int = 0
    peak_memory: int = 0
    energy: float | None = None

    def __add__(self, other: Cost) -> Cost:
        known = self.energy is not None and other.energy is not None
        return Cost(
            self.seconds + other.seconds,
            self.tokens + other.tokens,
            self.flops + other.flops,
            max(self.peak_memory, other.peak_memory),
            (self.energy or 0.0) + (other.energy or 0.0) if known else None,
        )


@dataclass(frozen=True)
class Place:
    """Where in its run a model stands, by the documents: what it should be follows from these.

    `generation` counts from 0, `budget` is the suite's (`amount` and `unit`). `regime`, `corpus`
    and `learner` are resolved documents, with every knob and parameter explicit.
    """

    generation: int
    budget: Mapping[str, Any]
    regime: Mapping[str, Any]
    corpus: Mapping[str, Any]
    learner: Mapping[str, Any]


NOTHING = Cost(energy=0.0)
"""What sums of costs begin with."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A model to be measured and what belongs to it; a metric gets only what it `needs`.

    `samples` are rows it wrote for measuring, `training` the rows it was trained on, `earlier`
    the samples of the generation before it (none of generation 0), `ledger` the cost by kind of
    step (train, generate, grade) of its generation.

    `drawn` are the human rows that generation 0 of its regime and seed was trained on. `lineage`
    is the cost by kind of step of all that the model came from, back to generation 0. `peers`
    are the samples of other models of its generation: under `seeds` those of its regime with
    other seeds, under `regimes` those of other regimes with its seed. `evaluations` are the
    texts, by name of the set, that the suite's metrics evaluate models on (`Metric.evaluated`).
    `place` is what the suite and the regime say of it, `graders` are those that the regime has
    what it writes judged by, in their order.
    """

    human: HumanRows
    open_model: Callable[[], Model] | None = None
    samples: pa.Table = field(default_factory=lambda: pa.table({}))
    training: pa.Table = field(default_factory=lambda: pa.table({}))
    earlier: pa.Table = field(default_factory=lambda: pa.table({}))
    ledger: Mapping[str, Cost] = field(default_factory=dict)
    drawn: pa.Table = field(default_factory=lambda: pa.table({}))
    lineage: Mapping[str, Cost] = field(default_factory=dict)
    peers: Mapping[str, Sequence[pa.Table]] = field(default_factory=dict)
    evaluations: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scorer: Callable[[pa.Table, Context], Scores] | None = None
    place: Place | None = None
    graders: Sequence[AppliedGrader] = ()

    @cached_property
    def model(self) -> Model:
        """The model, opened on first use."""
        if self.open_model is None:
            raise LookupError("a metric that reads the model must list `model` in its needs")
        return self.open_model()

    def score(self, rows: pa.Table, context: Context) -> Scores:
        """Return the model's scores of `rows`, a table that is scored for every model.

        Models that are measured at once score it at once. Rows of this model alone, such as
        its samples, are for `model.score`.
        """
        return (self.scorer or self.model.score)(rows, context)


@dataclass(frozen=True)
class Expected:
    """What a measurement should be, by mathematics: with it, the measurement is a test.

    `formula` is short and names its source. `error` is the standard error of the measured value
    within this model; None where this model alone cannot tell it, so that the spread over seeds
    must. `z` is how far the value is off in standard normal units; by default
    (value - exact) / error. Where `error` is 0, the value must hold to `tolerance`.

    Models of other seeds learn from the same corpus, so they are taken to err as this one does,
    unless it is said that they err `independent`ly.
    """

    exact: float
    formula: str
    error: float | None = None
    z: float | None = None
    tolerance: float = 0.0
    independent: bool = False


@dataclass(frozen=True)
class Measurement:
    """One number. `lower` and `upper` bound its 95 % interval within this model, if known.

    `n` counts what it was computed from. A value that cannot be had is None, never a guess.
    `expected` says what it should be, where a formula does.
    `chance` is what a model that knows nothing would measure in this slice, where the metric's
    slices differ in it.
    `items` tells what each item, such as a question, adds: numbers by name whose mean is `value`.
    Where the items of two models bear the same names, their difference is also told with an
    interval paired by item.
    `drift` says how chance alone moves the value of models that learn from this one's text, and
    from theirs: what generation 0 tells stands beside all later comparisons.
    """

    value: float | None
    n: int
    slice: str = "all"
    lower: float | None = None
    upper: float | None = None
    expected: Expected | None = None
    chance: float | None = None
    items: Mapping[str, float] = field(default_factory=dict)
    drift: Drift | None = None


class Metric(ComponentBase[P]):
    """Measures models. The docstring is its definition: formula, units, source."""

    axis: ClassVar[Axis]
    unit: ClassVar[str]
    best: ClassVar[Best]
    needs: ClassVar[frozenset[Need]]
    reproducible: ClassVar[bool] = True
    """False for what no seed fixes: seconds, bytes of memory."""
    context_slices: ClassVar[frozenset[str]] = frozenset()
    """Slices that are shown beside the others but never compared with the control."""
    chance: ClassVar[float | None] = None
    """What a model that knows nothing would measure, in every slice that is compared.

    A measurement whose interval holds it is marked as uninformative.
    """
    tasks: ClassVar[bool] = False
    """Whether slices are tasks of lm-eval: its task and metric, and the filter if it has one."""

    @property
    def contaminated_above(self) -> float | None:
        """Value above which training holds too much of the set that a slice is called after.

        Measurements on that set are then flagged. None for metrics that do not look for that.
        """
        return None

    def evaluated(self, human: HumanRows) -> Mapping[str, Sequence[str]]:  # noqa: ARG002
        """Return texts that the value would be worth nothing on, were a model trained on them.

        By name of the set. A slice rests on the set of its own name, or else on all of them.
        """
        return {}

    @abstractmethod
    def measure(self, subject: Subject, context: Context) -> Iterable[Measurement]:
        """Measure one model."""

    def measure_all(
        self, subjects: Sequence[Subject], context: Context
    ) -> Iterator[list[Measurement]]:
        """Measure models of one generation; override to share work between them."""
        for subject in subjects:
            yield list(self.measure(subject, context))
