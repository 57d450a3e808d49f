"""Human rows that graders choose: the steps that draw and grade them."""

from __future__ import annotations

from typing import Any

from benchsuite.engine.adding import Adding
from benchsuite.engine.amounts import before_fresh, to_draw
from benchsuite.identity import derive_seed
from benchsuite.suites.mixture import Source
from benchsuite.suites.resolve import ResolvedRegime, ResolvedSuite


class Choosing:
    """Adds steps that choose human rows for the mixes of a suite's regimes."""

    def __init__(self, suite: ResolvedSuite, human: str, adding: Adding) -> None:
        self._budget, self._human, self._adding = suite.suite.budget, human, adding

    def add(
        self, regime: ResolvedRegime, generation: int, seed: int, model: str
    ) -> dict[Source, list[str]]:
        """Add the steps for one mix; return them by source, of which the last keeps the rows.

        Rows of `human-fixed` are chosen once, by the same steps for every generation. `model` is
        the seed's model of generation 0: graders read its tokens, and none of them asks what it
        thinks.
        """
        return {
            source: self._graded(regime, source, generation, seed, model)
            for source in regime.choosers
        }

    def _graded(
        self, regime: ResolvedRegime, source: Source, generation: int, seed: int, model: str
    ) -> list[str]:
        """Add a grade step for each grader; the first draws the rows."""
        generation = generation if source == "human-fresh" else 0
        amount = to_draw(regime, source, self._budget.amount)
        first = before_fresh(regime, self._budget.amount) if generation else amount
        draw = {
            "human_seed": derive_seed(seed, "human"),
            "first": first,
            "each": amount if generation else 0,
            "generation": generation,
        }
        arguments: dict[str, Any] = {"draw": draw}
        inputs: dict[str, tuple[str, ...]] = {"model": (model,), "human": (self._human,)}
        steps: list[str] = []
        for grader, keep in regime.choosers[source]:
            step = self._adding.add(
                "grade",
                grader,
                {"keep": keep.model_dump(mode="json"), "unit": self._budget.unit, **arguments},
                inputs,
                seed=derive_seed(seed, "choose", generation),
                label=f"choose {source} rows, {regime.name}, generation {generation}, seed {seed}",
                size=amount,
            )
            steps.append(step)
            arguments, inputs = {}, {**inputs, "rows": (step,)}
        return steps
