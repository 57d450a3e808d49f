"""How near a seed that was trained again came."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from benchsuite.leaderboard.verify.finding import Checked, Finding, error, flag, note
from benchsuite.leaderboard.verify.rows import Place


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


def checked(rerun: Rerun) -> Checked:
    """Say how near a rerun came, as a check does."""
    says = f"Seed {rerun.seed}, trained again here, comes out as the entry says."
    return Checked(check="rerun", says=says, findings=list(_findings(rerun)))


def _findings(rerun: Rerun) -> Iterator[Finding]:
    for far in rerun.beyond:
        place = Place(far.regime, far.generation, far.metric, far.slice)
        by = "" if far.deviations is None else f", {far.deviations:.1f} standard deviations apart"
        yield error(f"{place} is {_number(far.entry)}, and here {_number(far.here)}{by}.")
    equal = f"{rerun.equal:,} of {rerun.compared:,} values are the same bit for bit"
    if rerun.farthest is not None:
        equal += (
            f"; of those that count none is farther than {rerun.farthest:.2g} standard deviations "
            f"between seeds (the board allows {rerun.tolerance:g})"
        )
    yield note(f"{equal}.")
    if rerun.left_out:
        yield note(f"not compared, as they need other seeds: {', '.join(rerun.left_out)}.")
    if not rerun.isolated:
        yield flag("it was trained with network: nothing here keeps processes from it.")


def _number(value: float | None) -> str:
    return "missing" if value is None else f"{value:.6g}"
