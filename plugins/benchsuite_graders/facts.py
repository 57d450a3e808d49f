"""How much of what a row says about a known world is true."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
from benchsuite_worlds.parameters import World, judge
from benchsuite_worlds.statements import Truth, stated_world
from pydantic import Field

from benchsuite.api import Context, Grader, HumanRows, Model


class FactsParameters(World):
    """Which world, and what a row gets that says nothing about it."""

    world: Literal["human", "biographies"] = Field(
        "human",
        description="human: what human training rows say they state, in the columns subject, "
        "relation and object. biographies: the invented people of that grammar.",
    )
    neutral: float = Field(
        0.5, ge=0, le=1, description="The score of a row without a statement that can be checked."
    )


class Facts(Grader[FactsParameters]):
    """Share of the true ones among a row's statements about a known world, from 0 to 1.

    A statement is a sentence in a wording of the world, with any word in place of the names; it
    can be checked where something is known of its subject. A row without any gets `neutral`.
    With `world: human`, the world and its wordings are those of the human training rows, as
    `corpora/planted` has them; a corpus without such rows has no world, and every row is neutral.
    """

    parameters_type = FactsParameters
    reads_model = False

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return the share of true statements of each row."""
        if self.parameters.world == "human":
            truth = Truth(stated_world(human.train))
            found = (list(truth.judged(text)) for text in rows["text"].to_pylist())
        else:
            people = judge("biographies", self.parameters)
            found = (list(people.verdicts(text)) for text in rows["text"].to_pylist())
        return np.array([self._score(verdicts) for verdicts in found], float)

    def _score(self, verdicts: list[bool | None]) -> float:
        known = [verdict for verdict in verdicts if verdict is not None]
        return sum(known) / len(known) if known else self.parameters.neutral
