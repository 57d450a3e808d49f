"""Weights that bring the mentions of groups of people to given shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
from benchsuite_words.groups import GROUPS, NAMES, group_of
from benchsuite_words.words import words
from pydantic import Field, model_validator

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters
from benchsuite_graders.texts import own, texts

_ROUNDS = 1_000
_CLOSE = 1e-9


class BiasBalanceParameters(Parameters):
    """Which groups, and which shares they should have."""

    kind: Literal["gender", "religion", "origin"] = Field(
        "gender", description="Groups of which kind are balanced."
    )
    targets: Literal["human"] | dict[str, float] = Field(
        "human",
        description="Share of each group's mentions, adding up to 1: {feminine: 0.5, masculine: "
        "0.5}. `human`: the shares in human training rows.",
    )

    @model_validator(mode="after")
    def _are_shares(self) -> BiasBalanceParameters:
        if self.targets == "human":
            return self
        assert isinstance(self.targets, dict)
        groups = GROUPS[self.kind]
        if unknown := sorted(set(self.targets) - set(groups)):
            raise ValueError(f"{self.kind} has no group {unknown[0]}; it has {', '.join(groups)}")
        if missing := sorted(set(groups) - set(self.targets)):
            raise ValueError(f"targets lacks the share of {missing[0]}")
        if min(self.targets.values()) < 0 or abs(sum(self.targets.values()) - 1) > _CLOSE:
            raise ValueError("targets are shares of 0 or more that add up to 1")
        return self


class BiasBalance(Grader[BiasBalanceParameters]):
    """A weight for each row, with which groups of people get the shares of mentions they should.

    share(g) = Σ_r w_r m_rg / Σ_r w_r M_r, where row r mentions group g m_rg times and groups of its
    `kind` M_r times (word lists of `benchsuite_words`, as in `metrics/mention-shares`). A row that
    speaks of one group gets target(g) / found(g); one that speaks of several the mean of these
    over its mentions. Where there are such rows, shares change as the weights do, so each weight
    is multiplied by it again until all shares are within 1e-9 of their targets, or 1,000 times:
    an iterative proportional fitting (Deming & Stephan 1940). Rows that speak of groups have the
    mean weight 1, rows that speak of none the weight 1.

    Targets of groups that no row speaks of are left out and the others made to add up to 1: no
    weight makes what is not there. For the rules `resample` and `weight` with `power: 1`, which
    draw rows in proportion; `best` would keep the rarest group alone. A repair by curation in the
    sense of Wyllie et al. 2024 (arXiv:2403.07857), who resample batches to ideal shares.

    Traps: mentions of a rare group get large weights, and a few rows stand for all of it, so limit
    repeats with `at_most`. It balances how often groups are spoken of, not what is said of them.
    English; it says something where rows hold some hundred mentions.
    """

    parameters_type = BiasBalanceParameters
    reads_model = False

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return the weight of each row, 0 or more."""
        counts = self._mentions(texts(rows))
        speaks = counts.sum(axis=1) > 0
        weights = np.ones(len(counts))
        target = self._target(human)
        made = own(rows)
        target = np.where(counts[made].any(axis=0), target, 0)
        if target.sum():
            weights[speaks] = balanced(counts[speaks], target / target.sum(), made[speaks])
        return weights

    def _target(self, human: HumanRows) -> np.ndarray:
        """Return the share that each group should have; zeros where there is nothing to go by."""
        targets = self.parameters.targets
        if isinstance(targets, dict):
            return np.array([targets[group] for group in GROUPS[self.parameters.kind]])
        found = self._mentions(texts(human.train)).sum(axis=0)
        return np.asarray(found / max(1, found.sum()))

    def _mentions(self, rows: Sequence[str]) -> np.ndarray:
        """Return how often each row speaks of each group of the kind: `[rows, groups]`."""
        counts = np.zeros((len(rows), len(NAMES)))
        for row, text in enumerate(rows):
            for word in words(text):
                column = group_of(word)
                if column is not None:
                    counts[row, column] += 1
        return counts[:, [kind == self.parameters.kind for kind, _ in NAMES]]


def balanced(counts: np.ndarray, target: np.ndarray, made: np.ndarray) -> np.ndarray:
    """Return weights `[rows]` with which columns of counts have the shares `target` in rows `made`.

    Their mean over these rows is 1. The other rows get the weight that such a row would. No row is
    all zeros; columns that are so in rows `made` have the target 0. Where no weights reach the
    targets, those after `_ROUNDS` rounds.
    """
    weights = np.ones(len(counts))
    inner = counts / counts.sum(axis=1, keepdims=True)
    for _ in range(_ROUNDS):
        mentions = weights[made] @ counts[made]
        shares = mentions / mentions.sum()
        if np.abs(shares - target).max() < _CLOSE:
            break
        weights *= inner @ np.divide(target, shares, out=np.zeros_like(target), where=shares > 0)
        weights /= weights[made].mean()
    return weights
