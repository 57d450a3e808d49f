"""What each generation is trained on: the knobs of a regime."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
)

from benchsuite.lm.decoding import Decoding
from benchsuite.plugins.kinds import Init
from benchsuite.suites.grading import Choice, Grading
from benchsuite.suites.mixture import MixBudget, PartBudget, Share, check

Division = Literal["closed", "open"]
"""`closed`: every regime has the same budget. `open`: it may have another, and that is said."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


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
