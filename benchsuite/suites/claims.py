"""Published claims as data: which models are contrasted, and which results reproduce a claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from benchsuite.errors import UserError, nearest
from benchsuite.suites.documents import Document, Key

Compare = Literal["difference", "ratio", "drift"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Reading(NamedTuple):
    """A slice of a metric, measured on a regime's models of one generation."""

    regime: str
    generation: int
    metric: str
    slice: str


class Against(_Strict):
    """What a measurement is compared with; whatever is not named here is the same."""

    regime: str | None = None
    generation: int | Literal["previous"] | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Against:
        if self.regime is None and self.generation is None:
            raise ValueError("name a regime, a generation or both to compare with")
        return self


class Beyond(_Strict):
    """The same contrast, of something else, to be subtracted; what is not named is the same."""

    metric: str | None = None
    slice: str | None = None
    regime: str | None = None


class Contrast(_Strict):
    """One comparison of models, seed by seed, and the results that speak for the claim.

    `compare` says how: `difference`, a - b; `ratio`, a / b; `drift`, a - b of a share in
    standard errors of neutral drift. `beyond` subtracts the same of something else. The
    result supports the claim where it lies above `least` and below `most`. `generation:
    each` makes a contrast of every generation after 0.
    """

    says: str = Field(min_length=1)
    expected: str = Field(min_length=1)
    metric: str
    slice: str = "all"
    regime: str
    generation: int | Literal["last", "each"] = "last"
    against: Against
    compare: Compare = "difference"
    beyond: Beyond | None = None
    least: float | None = None
    most: float | None = None

    @model_validator(mode="after")
    def _has_a_region(self) -> Contrast:
        if self.least is None and self.most is None:
            raise ValueError("name `least`, `most` or both: what would reproduce the claim")
        if self.least is not None and self.most is not None and self.least >= self.most:
            raise ValueError(f"least {self.least:g} must lie below most {self.most:g}")
        if self.compare == "drift" and not isinstance(self.against.generation, int):
            raise ValueError("drift goes from a generation to a later one: name against.generation")
        if self.beyond and self.beyond.metric and self.compare == "difference":
            raise ValueError("differences of two metrics have two units: compare ratios")
        return self

    @model_validator(mode="after")
    def _goes_forward(self) -> Contrast:
        if self.against.regime and self.compare != "drift":
            return self
        first = {"each": 1, "last": None}.get(str(self.generation), self.generation)
        before = self.against.generation
        if isinstance(first, int) and isinstance(before, int) and before >= first:
            raise ValueError(f"generation {before} is no earlier one than {first}")
        return self

    def generations(self, last: int) -> list[int]:
        """The generations that are contrasted, in a run with so many."""
        if self.generation == "each":
            return list(range(1, last + 1))
        return [last if self.generation == "last" else self.generation]

    def sides(self, generation: int) -> tuple[Reading, Reading]:
        """Return what is compared, and what with."""
        first = Reading(self.regime, generation, self.metric, self.slice)
        before = self.against.generation
        if before is None:
            before = generation
        return first, first._replace(
            regime=self.against.regime or self.regime,
            generation=generation - 1 if before == "previous" else before,
        )

    def other(self) -> Contrast | None:
        """Return the contrast that `beyond` subtracts."""
        if self.beyond is None:
            return None
        named = self.beyond.model_dump(exclude_none=True)
        return self.model_copy(update={**named, "beyond": None})


class Claim(_Strict):
    """What a publication says, and the contrasts that must all hold for it to be so."""

    claim: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)
    statement: str = Field(min_length=1)
    sources: list[str] = Field(min_length=1)
    contrasts: list[Contrast] = Field(min_length=1)

    def regimes(self) -> set[str]:
        """Names of all regimes that must be run."""
        return {
            side.regime
            for contrast in self.contrasts
            for part in (contrast, contrast.other())
            if part is not None
            for side in part.sides(1)
        }


def check_claims(
    claims: Sequence[Claim],
    document: Document,
    *,
    metrics: Sequence[str],
    regimes: Sequence[str] | None,
    generations: int,
) -> None:
    """Check that what the claims of a suite contrast is measured and run. Raises `UserError`.

    Where `regimes` is None, claims may name any.
    """
    for i, claim in enumerate(claims):
        for j, contrast in enumerate(claim.contrasts):
            at: Key = ("claims", i, "contrasts", j)
            for key, value, why in _mistakes(contrast, metrics, regimes, generations):
                name = ".".join(map(str, (*at, *key)))
                raise UserError(f"{document.where((*at, *key))}: {name} is {value}, {why}")


def _mistakes(
    contrast: Contrast, metrics: Sequence[str], regimes: Sequence[str] | None, generations: int
) -> Iterator[tuple[Key, str | int, str]]:
    """Yield the key of each mistake, its value and what is wrong with it."""
    beyond, against = contrast.beyond or Beyond(), contrast.against
    measured: list[tuple[Key, str | None]] = [
        (("metric",), contrast.metric),
        (("beyond", "metric"), beyond.metric),
    ]
    run: list[tuple[Key, str | None]] = [
        (("regime",), contrast.regime),
        (("against", "regime"), against.regime),
        (("beyond", "regime"), beyond.regime),
    ]
    trained: list[tuple[Key, int | str | None]] = [
        (("generation",), contrast.generation),
        (("against", "generation"), against.generation),
    ]
    for key, metric in measured:
        if metric is not None and metric not in metrics:
            yield key, metric, f"which the suite does not measure{nearest(metric, metrics)}"
    for key, regime in run:
        if regime is not None and regimes is not None and regime not in regimes:
            yield key, regime, f"which is no regime of the suite{nearest(regime, regimes)}"
    for key, generation in trained:
        if isinstance(generation, int) and not 0 <= generation <= generations:
            yield key, generation, f"where the generations are 0 to {generations}."
