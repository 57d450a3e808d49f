"""Components that documents choose, and graders with the rules applied to their scores."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ComponentChoice(BaseModel):
    """A component by name; the other keys are its parameters."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as given, defaults not yet filled in."""
        return dict(self.model_extra or {})


def _named(given: Any) -> Any:
    """Bring the short forms of a choice, `name` and `{name: parameters}`, into the long one."""
    if isinstance(given, str):
        return {"name": given}
    if isinstance(given, dict) and len(given) == 1 and "name" not in given:
        ((name, parameters),) = given.items()
        if isinstance(parameters, dict) and "name" not in parameters:
            return {"name": name, **parameters}
    return given


Choice = Annotated[
    ComponentChoice,
    BeforeValidator(
        _named, json_schema_input_type=str | ComponentChoice | dict[str, dict[str, Any]]
    ),
]
"""A component: just its name, a mapping of its name and parameters, or `{name: {parameters}}`."""


class Keep(_Strict):
    """Which graded rows are learned from: one rule.

    `best` keeps the best rows that together hold this share of the tokens (or rows) there are.
    `threshold` keeps rows graded at least so high (at most, where lower is better); `expected`
    is the share of them that this should leave, and 1 / `expected` as much is written.

    `weight` draws rows without replacement, with chances in proportion to score ^ `power`,
    until they hold this share; `resample` draws with replacement, a row `at_most` so often,
    and may draw more than there is. What a rule draws has the gradient, in expectation, of
    rows weighted in the loss; it works for whatever learner.
    """

    best: float | None = Field(default=None, gt=0, le=1)
    threshold: float | None = None
    expected: float | None = Field(default=None, gt=0, le=1)
    weight: float | None = Field(default=None, gt=0, le=1)
    resample: float | None = Field(default=None, gt=0, le=100)
    power: float | None = Field(default=None, gt=0)
    at_most: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_rule(self) -> Keep:
        rules = (self.best, self.threshold, self.weight, self.resample)
        if len(rules) - rules.count(None) != 1:
            raise ValueError("a rule is one of best, threshold, weight and resample")
        if (self.threshold is None) != (self.expected is None):
            raise ValueError(
                "threshold and expected, the share of rows that should pass it, go together"
            )
        if self.power is not None and self.weight is None and self.resample is None:
            raise ValueError("only weight and resample raise scores to a power")
        if self.at_most is not None and self.resample is None:
            raise ValueError("only resample takes rows more than once; leave at_most out")
        return self

    @property
    def share(self) -> float:
        """The share of rows that is kept, or counted upon; above 1 where rows repeat."""
        share = self.best or self.expected or self.weight or self.resample
        assert share is not None, "checked when the rule was read"
        return share


class Grading(_Strict):
    """A grader and the rule applied to its scores."""

    grader: Choice
    keep: Keep
