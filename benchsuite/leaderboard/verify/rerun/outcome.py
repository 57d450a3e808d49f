"""How near a seed that was trained again came."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from benchsuite.leaderboard.verified import Rule
from benchsuite.leaderboard.verify.finding import Checked, Finding, error, flag, note
from benchsuite.leaderboard.verify.rows import Place


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Far(_Strict):
    """What came out otherwise; of what is best at zero, the distance from it.

    `generation` is None for the mean over those after generation 0. `deviations` are standard
    deviations between seeds of the board's baselines; None where these tell none.
    """

    regime: str
    generation: int | None
    metric: str
    slice: str
    entry: float | None
    here: float | None
    deviations: float | None


class Shift(_Strict):
    """By how much all that counts of a regime is better in the entry, taken together.

    In standard deviations between seeds of that; at most `most` is chance.
    """

    regime: str
    deviations: float | None = Field(description="None where it is no number.")
    most: float

    @property
    def beyond(self) -> bool:
        """Whether it is more than chance gives."""
        return self.deviations is None or abs(self.deviations) > self.most


class Rerun(_Strict):
    """One seed trained again, and its values beside the entry's.

    `farthest` is over the measurements that count, in standard deviations between seeds. By the
    rule `tolerance` what is farther than that is `beyond`, by `bit for bit` whatever differs.
    """

    seed: int
    rule: Rule
    tolerance: float
    compared: int = Field(description="Values compared, of all that seeds fix.")
    equal: int = Field(description="Values that came out bit for bit.")
    farthest: float | None = Field(description="None where nothing that counts differs.")
    beyond: list[Far]
    shifts: list[Shift] = Field(description="Of each regime, by the rule `tolerance` alone.")
    left_out: list[str] = Field(description="Metrics that need models of other seeds.")
    isolated: bool = Field(description="Whether it ran without network, in a process of its own.")
    benchsuite: str
    source: str | None
    machine: str

    @property
    def same(self) -> bool:
        """Whether all that counts came out as the rule asks."""
        return not self.beyond and not any(shift.beyond for shift in self.shifts)


def checked(rerun: Rerun) -> Checked:
    """Say how near a rerun came, as a check does."""
    says = f"Seed {rerun.seed}, trained again here, comes out as the entry says."
    return Checked(check="rerun", says=says, findings=list(_findings(rerun)))


def _findings(rerun: Rerun) -> Iterator[Finding]:
    for far in rerun.beyond:
        yield error(
            f"{_place(far)} is {_number(far.entry)}, and here {_number(far.here)}{_by(far)}."
        )
    for shift in rerun.shifts:
        if shift.beyond:
            yield error(
                f"all that counts of {shift.regime}, taken together, is better than here by "
                f"{_number(shift.deviations)} standard deviations; chance gives {shift.most:.2g}."
            )
    yield note(_RULES[rerun.rule].format(rerun.tolerance))
    equal = f"{rerun.equal:,} of {rerun.compared:,} values are the same bit for bit"
    if rerun.farthest is not None:
        equal += (
            f"; of those that count none is farther than {rerun.farthest:.2g} standard deviations "
            "between seeds"
        )
    yield note(f"{equal}.")
    if rerun.left_out:
        yield note(f"not compared, as they need other seeds: {', '.join(rerun.left_out)}.")
    if not rerun.isolated:
        yield flag("it was trained with network: nothing here keeps processes from it.")


_RULES: dict[Rule, str] = {
    "bit for bit": "source and machine are those of its record, so what counts must be equal.",
    "tolerance": "source or machine is not that of its record, so what counts may be "
    "{:g} standard deviations between seeds away, mean over generations.",
}


def _place(far: Far) -> str:
    if far.generation is not None:
        return str(Place(far.regime, far.generation, far.metric, far.slice))
    of = "" if far.slice == "all" else f", {far.slice}"
    return f"{far.metric}{of} of {far.regime}, mean over generations,"


def _by(far: Far) -> str:
    return "" if far.deviations is None else f", {far.deviations:.2g} standard deviations apart"


def _number(value: float | None) -> str:
    return "missing" if value is None else f"{value:.6g}"
