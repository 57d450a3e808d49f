"""Money that it took to reach a given loss on human text, at rates of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pydantic import Field

from benchsuite.api import NOTHING, Context, Cost, HumanRows, Measurement, Metric, Subject
from benchsuite_metrics.reaching import Target, reaches
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

_MILLION, _EXA = 1e6, 1e18


class MoneyToReachParameters(Target):
    """Which loss is to be reached, and what things cost, in one currency."""

    per_exaflop: float = Field(
        1.0, ge=0, description="Of 10^18 floating-point operations of training, writing, grading."
    )
    per_million_human_tokens: float = Field(
        0.0, ge=0, description="Of human text: writing, licensing or cleaning it."
    )


class MoneyToReach(Metric[MoneyToReachParameters]):
    """Money behind a model, human text included, if it has the given bits per byte or fewer.

    operations / 10¹⁸ · `per_exaflop` + human tokens / 10⁶ · `per_million_human_tokens`; a human
    row is paid for once, however often it is read. Slice `all` counts everything that the model
    came from, back to generation 0 and the human rows that it learned from; `own` what its own
    generation took: its training, the writing and grading of its synthetic rows, and the human
    rows of its own mix. Claims of cheap training on synthetic text are about `own`: what the
    generator once cost is another's bill. There is no value where the loss is above the target;
    a model that is far below it is charged for all that it was trained on, though less might have
    sufficed. So value / control is the cost ratio at equal quality only where both just reach the
    target. Unit: currency, whichever the rates are in. n: test rows. No interval: nothing is
    estimated.

    New human rows that models between generation 0 and this one learned from are not counted.
    """

    parameters_type = MoneyToReachParameters
    axis = "cost"
    unit = "currency"
    best = "lower"
    needs = frozenset({"model", "ledger", "lineage", "training", "drawn"})

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """The loss is that of the test rows."""
        return {"in-domain": texts(human.test)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Add up what all of it comes to, if the loss is low enough."""
        own = _human(subject.training)
        behind = own | _human(subject.drawn) if _synthetic(subject.training) else own
        parts = (("all", subject.lineage, behind), ("own", subject.ledger, own))
        reached = reaches(subject, self.parameters, context)
        n = subject.human.test.num_rows
        return [
            Measurement(self._price(costs, rows) if reached and costs else None, n, name)
            for name, costs, rows in parts
        ]

    def _price(self, costs: Mapping[str, Cost], rows: Mapping[str, int]) -> float:
        rates, spent = self.parameters, sum(costs.values(), NOTHING)
        text = sum(rows.values()) / _MILLION * rates.per_million_human_tokens
        return spent.flops / _EXA * rates.per_exaflop + text


def _synthetic(rows: pa.Table) -> bool:
    return "origin" in rows.column_names and "synthetic" in rows["origin"].unique().to_pylist()


def _human(rows: pa.Table) -> dict[str, int]:
    """Return the tokens (or 1) of each human row of a mix, by its id."""
    if "origin" not in rows.column_names:
        return {}
    sizes = rows["tokens"].to_pylist() if "tokens" in rows.column_names else [1] * rows.num_rows
    found = zip(rows["id"].to_pylist(), rows["origin"].to_pylist(), sizes, strict=True)
    return {row: size for row, origin, size in found if origin == "human"}
