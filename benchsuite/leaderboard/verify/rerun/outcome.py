"""How near a seed that was trained again came."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Far(BaseModel):
    """A value that came out otherwise, in deviations between seeds; None where these are equal."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    regime: str
    generation: int
    metric: str
    slice: str
    entry: float | None
    here: float | None
    deviations: float | None


class Rerun(BaseModel):
    """One seed trained again, and its values beside the entry's.

    `farthest` is over the measurements that count, in standard deviations between seeds; those
    above `tolerance` are `beyond`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    seed: int
    tolerance: float
    compared: int = Field(description="Values compared, of all that seeds fix.")
    equal: int = Field(description="Values that came out bit for bit.")
    farthest: float | None = Field(description="None where nothing that counts differs.")
    beyond: list[Far]
    left_out: list[str] = Field(description="Metrics that need models of other seeds.")
    isolated: bool = Field(description="Whether it ran without network, in a process of its own.")
    benchsuite: str
    source: str | None
    machine: str

    @property
    def same(self) -> bool:
        """Whether all that counts came out within the board's tolerance."""
        return not self.beyond
