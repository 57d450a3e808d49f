"""What each generation is trained on: the knobs of a regime."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from benchsuite.lm.decoding import Decoding
from benchsuite.plugins.kinds import Init
from benchsuite.suites.mixture import MixBudget, PartBudget, Share, check

Division = Literal["closed", "open"]
"""`closed`: every regime has the same budget. `open`: it may have another, and that is said."""


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


class RealPrompts(_Strict):
    """Samples go on from the first `real` tokens of human training rows."""

    real: int = Field(ge=1)


class TopicPrompts(_Strict):
    """Samples go on from a `template` with a topic in the place of `{topic}`.

    `topics` is a list of them, or `human`: of each human training row the word that most sets
    it apart from the others.
    """

    topics: Literal["human"] | list[Annotated[str, Field(min_length=1, max_length=200)]]
    template: str = Field(default="{topic}\n\n", max_length=2000)

    @field_validator("topics")
    @classmethod
    def _some(cls, topics: str | list[str]) -> str | list[str]:
        if not topics:
            raise ValueError("there are no topics; list some, or take topics: human")
        return topics

    @field_validator("template")
    @classmethod
    def _has_a_place(cls, template: str) -> str:
        if template.count("{topic}") != 1:
            raise ValueError("a template has one {topic}, where the topic goes")
        return template


def _way(given: Any) -> str:
    if isinstance(given, str):
        return "a word"
    topics = "topics" in given if isinstance(given, dict) else isinstance(given, TopicPrompts)
    return "topics" if topics else "a mapping"


Prompts = Annotated[
    Annotated[Literal["none"], Tag("a word")]
    | Annotated[RealPrompts, Tag("a mapping")]
    | Annotated[TopicPrompts, Tag("topics")],
    Discriminator(_way),
]


class System(_Strict):
    """A system that people talk about, what is publicly said of it, and how a regime differs."""

    system: str
    said: str
    differs: str


class Regime(_Strict):
    """A versioned regime document. Generation 0 always learns from human text alone."""

    regime: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)
    version: int = Field(ge=1)
    summary: str
    cites: list[str] = []
    modelled_on: System | None = None
    division: Division = "closed"
    control: str | None = None
    init: Init = "scratch"
    prompts: Prompts = "none"
    decoding: Decoding = Decoding()
    generator: Choice | None = None
    graders: list[Grading] = []
    budget: MixBudget = "equal"
    generations: int | None = Field(default=None, ge=1, le=1000)
    mixture: list[Share] = Field(min_length=1)

    @property
    def synthetic(self) -> list[Share]:
        """The parts of the mix that are synthetic."""
        return [part for part in self.mixture if part.synthetic]

    @property
    def fresh(self) -> bool:
        """Whether each generation learns from human rows that none has seen before."""
        return any(part.source == "human-fresh" for part in self.mixture)

    @property
    def keeps_pool(self) -> bool:
        """Whether each mix is all of a pool, and not drawn to an amount."""
        return self.budget in ("equal-training", "growing")

    @property
    def budget_share(self) -> float:
        """What a mix is drawn to, as a share of the suite's budget."""
        return self.budget.share if isinstance(self.budget, PartBudget) else 1.0

    @field_validator("budget")
    @classmethod
    def _differs_in_the_open(cls, budget: MixBudget, info: ValidationInfo) -> MixBudget:
        differs = budget == "growing" or isinstance(budget, PartBudget)
        if differs and info.data.get("division") == "closed":
            raise ValueError(
                "only a regime of division: open may train on more or less than the others do; "
                "in the closed one take equal or equal-training"
            )
        return budget

    @field_validator("mixture", mode="before")
    @classmethod
    def _one_list(cls, mixture: Any) -> Any:
        if isinstance(mixture, dict):
            raise ValueError(  # noqa: TRY004 (pydantic takes no TypeError)
                "the mixture is one list of parts, for every generation from 1 on; generation 0 "
                "learns from human rows alone, and synthetic ones have no share in it"
            )
        return mixture

    @field_validator("mixture")
    @classmethod
    def _adds_up(cls, mixture: list[Share], info: ValidationInfo) -> list[Share]:
        if "budget" in info.data:
            check(mixture, info.data["budget"])
        if not {"generator", "graders"} <= info.data.keys():
            return mixture
        synthetic = any(part.synthetic for part in mixture)
        if synthetic and info.data["generator"] is None:
            raise ValueError("a mixture with synthetic rows needs a generator")
        if not synthetic and (info.data["generator"] or info.data["graders"]):
            raise ValueError("a mixture of human rows alone has no use for a generator or graders")
        if not synthetic and info.data.get("prompts", "none") != "none":
            raise ValueError("a mixture of human rows alone has no use for prompts")
        return mixture
