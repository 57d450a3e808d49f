"""What a generation is trained on: parts of human and of synthetic rows, and how much of it."""

from __future__ import annotations

from math import isclose
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    field_validator,
    model_serializer,
)

from benchsuite.suites.grading import Grading

Source = Literal[
    "human-fixed", "human-fresh", "synthetic-last", "synthetic-all", "synthetic-shared"
]


class PartBudget(BaseModel):
    """A part of the suite's budget: the mix is drawn to `share` of it, and trained on alone."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    share: float = Field(gt=0, lt=1)


MixBudget = Annotated[
    Annotated[Literal["equal", "equal-training", "growing"], Tag("a word")]
    | Annotated[PartBudget, Tag("a mapping")],
    Discriminator(lambda given: "a mapping" if isinstance(given, dict | PartBudget) else "a word"),
]
"""How much a mix holds, and how much training goes through.

`equal`: the mix is drawn to the suite's budget, or to a part of it. The other two keep everything
there is: `equal-training` passes over it less often, so that it is trained on as many tokens as
elsewhere; `growing` passes over it as often as elsewhere, on ever more tokens.
"""


class Share(BaseModel):
    """A part of the training mix.

    `human-fixed` are the same human rows every generation, `human-fresh` human rows that no
    generation of the seed has seen before, `synthetic-last` rows that the last generation
    wrote, `synthetic-all` those of every generation so far, `synthetic-shared` those that the
    models of all seeds wrote in the last generation, each its part of one pool. `share` is of
    the budget; `everything` puts all such rows (of human ones a budget) into one pool. `unique`
    takes so many rows as a share of the budget, and repeats them until they fill `share`; no
    row of `human-fresh` is seen twice. `chosen` grades human rows, so many more than are wanted
    that those which its rules keep, in order, are enough to take these from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    source: Source
    share: float | Literal["everything"]
    unique: float | None = Field(default=None, gt=0, le=1)
    chosen: list[Grading] = []

    @property
    def synthetic(self) -> bool:
        """Whether models wrote these rows."""
        return self.source.startswith("synthetic")

    @field_validator("share", mode="before")
    @classmethod
    def _in_range(cls, given: Any) -> Any:
        if given == "everything":
            return given
        try:
            share = float("nan" if isinstance(given, bool) else given)
        except (TypeError, ValueError, OverflowError):
            share = float("nan")
        if not 0 < share <= 1:
            raise ValueError(
                f"a share is a number above 0 and not above 1, or everything, not {given}"
            )
        return share

    @field_validator("unique")
    @classmethod
    def _fits_the_share(cls, unique: float | None, info: Any) -> float | None:
        source, share = info.data.get("source"), info.data.get("share")
        if unique is None or source is None or share is None:
            return unique
        if source == "human-fresh":
            raise ValueError("rows of human-fresh are seen once; leave unique out")
        if share == "everything" or unique > share:
            raise ValueError(f"{unique:g} of the budget cannot be repeated to fill {share}")
        return unique

    @field_validator("chosen")
    @classmethod
    def _of_human_rows(cls, chosen: list[Grading], info: Any) -> list[Grading]:
        source = info.data.get("source")
        if chosen and source and source.startswith("synthetic"):
            raise ValueError(
                f"human rows are chosen here; those of {source} are what the regime's graders leave"
            )
        if any(grading.keep.resample for grading in chosen):
            raise ValueError(
                "resample takes rows more than once, and human ones are chosen once; take best, "
                "threshold or weight"
            )
        return chosen

    @model_serializer(mode="wrap")
    def _as_before(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `chosen` out where chance chooses: such regimes are older than this knob.

        Their identity is the digest of their document, and they still are what they were.
        """
        document: dict[str, Any] = handler(self)
        return {key: value for key, value in document.items() if key != "chosen" or value}


def check(mixture: list[Share], budget: MixBudget) -> None:
    """Raise `ValueError`, in a sentence, for parts that make no mix."""
    sources = [part.source for part in mixture]
    twice = [source for source in sources if sources.count(source) > 1]
    if twice:
        raise ValueError(f"each source may stand in the mixture only once, and {twice[0]} is twice")
    numbers = [part.share for part in mixture if not isinstance(part.share, str)]
    if numbers and len(numbers) < len(mixture):
        raise ValueError("a mixture is either all shares or all 'everything'")
    again = {"synthetic-last", "synthetic-all", "synthetic-shared"} & set(sources)
    if not numbers and len(again) > 1:
        raise ValueError(
            f"in a pool, rows of {' and '.join(sorted(again))} would be there twice; name one of "
            "them"
        )
    if numbers and not isclose(sum(numbers), 1, abs_tol=1e-9):
        raise ValueError(f"the shares of the mixture add up to {sum(numbers):g}, not to 1")
    if isinstance(budget, PartBudget) and "human-fresh" in sources:
        raise ValueError(
            "rows of human-fresh are those after a whole budget of human text; make the budget "
            "equal"
        )
    if numbers and budget in ("equal-training", "growing"):
        raise ValueError(
            f"budget {budget} keeps all rows of a pool, and this mixture has shares of a fixed "
            f"budget; make each share everything, or the budget equal"
        )
