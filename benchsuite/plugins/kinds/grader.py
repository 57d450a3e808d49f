"""Graders: what scores rows before a model learns from them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa

from benchsuite.plugins.kinds.base import ComponentBase, Context, P
from benchsuite.plugins.kinds.corpus import HumanRows
from benchsuite.plugins.kinds.model import Model


class Grader(ComponentBase[P]):
    """Scores rows. Higher is better unless `best` says otherwise."""

    best: ClassVar[Literal["higher", "lower"]] = "higher"

    probability: ClassVar[bool] = False
    """Whether a score is the probability of being a good row, so that it can be calibrated."""

    reads_model: ClassVar[bool] = True
    """Whether the model reads the rows to grade them, which is then counted in operations."""

    learns_synthetic: ClassVar[bool] = False
    """Whether it learns from the rows that it grades what synthetic text is."""

    @abstractmethod
    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return a score for each row, `[rows]` float; `model` is the one that wrote them.

        Rows whose `generator` is null were not made by the regime. They are there to measure
        the grader: they get a score like others, and nothing is to be learned from them.

        Rows without such a column are human training rows that a regime chooses from: they are
        graded among themselves, with the seed's model of generation 0. Graders with `reads_model`
        or `learns_synthetic` are never asked for that.
        """


@dataclass(frozen=True)
class AppliedGrader:
    """A grader as a regime applies it, for metrics that measure graders.

    `grade(rows, model)` returns scores; `accepted(scores, pool, sizes)` how often the regime's
    rule, applied to a pool of rows with these scores and sizes in tokens, would take each row
    of `scores`: 1 or 0, or the expected number of times where the rule draws rows.
    """

    name: str
    best: Literal["higher", "lower"]
    probability: bool
    grade: Callable[[pa.Table, Model], np.ndarray]
    accepted: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
