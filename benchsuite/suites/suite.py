"""What a suite fixes: corpus, learner, budget, regimes, metrics and seeds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from benchsuite.lm.decoding import Decoding
from benchsuite.suites.claims import Claim
from benchsuite.suites.equal_quality import EqualQuality
from benchsuite.suites.grading import Choice

Unit = Literal["tokens", "rows"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Budget(_Strict):
    """What every generation of every regime is trained on: so many tokens, or so many rows."""

    tokens: int | None = Field(default=None, ge=1)
    rows: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_unit(self) -> Budget:
        if (self.tokens is None) == (self.rows is None):
            raise ValueError("a budget is either tokens or rows")
        return self

    @property
    def unit(self) -> Unit:
        """What the budget counts."""
        return "rows" if self.tokens is None else "tokens"

    @property
    def amount(self) -> int:
        """How many of them."""
        amount = self.rows if self.tokens is None else self.tokens
        assert amount is not None
        return amount


class HeldOut(_Strict):
    """Human rows kept from training: this share of documents for validation, as many for test.

    `bytes` caps the test and the validation text of a large corpus each.
    """

    share: float = Field(default=0.05, gt=0, lt=0.5)
    bytes: int = Field(default=2_000_000, ge=1)


class Samples(_Strict):
    """What every model writes to be measured on, the same way in every regime."""

    budget: Budget
    generator: Choice
    decoding: Decoding = Decoding()


class Headline(_Strict):
    """The measurement that stands for an axis in the closing table."""

    metric: str
    slice: str = "all"


_MOST_SEEDS = 1000


def _seed_list(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if value > _MOST_SEEDS:
        raise ValueError(f"{value} seeds are more than the {_MOST_SEEDS} there may be")
    return list(range(value))


class Suite(_Strict):
    """A versioned suite document. `seeds` is how many, or which."""

    suite: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)
    version: int = Field(ge=1)
    summary: str
    corpus: Choice
    held_out: HeldOut = HeldOut()
    learner: Choice
    budget: Budget
    generations: int = Field(ge=1, le=1000)
    seeds: Annotated[
        list[int],
        Field(min_length=1, max_length=_MOST_SEEDS),
        BeforeValidator(_seed_list, json_schema_input_type=int | list[int]),
    ]
    control: str
    regimes: list[str] = Field(min_length=1)
    samples: Samples
    metrics: list[Choice] = Field(min_length=1)
    headline: dict[str, Headline] = {}
    equal_quality: EqualQuality | None = None
    claims: list[Claim] = []

    @model_validator(mode="after")
    def _no_repeats(self) -> Suite:
        claims = [claim.claim for claim in self.claims]
        lists: dict[str, list[Any]] = {"seed": self.seeds, "regime": self.regimes, "claim": claims}
        for what, values in lists.items():
            twice = [value for value in values if values.count(value) > 1]
            if twice:
                raise ValueError(f"the {what} {twice[0]} stands there twice")
        return self

    @model_validator(mode="after")
    def _drift_counts_alike(self) -> Suite:
        drifts = any(c.compare == "drift" for claim in self.claims for c in claim.contrasts)
        if drifts and self.budget.unit != self.samples.budget.unit:
            raise ValueError("claims of drift need budget and samples.budget in the same unit")
        return self
