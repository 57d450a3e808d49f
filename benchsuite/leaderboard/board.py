"""A board: the frozen track that its entries ran on, and how they are scored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from benchsuite.errors import UserError
from benchsuite.leaderboard.run import Run, read_run
from benchsuite.suites.documents import read, validate

NAME = r"^[a-z0-9][a-z0-9-]*$"
"""What boards and entries are called; such a name is a safe folder, file and address."""

Name = Annotated[str, Field(pattern=NAME, max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Scored(_Strict):
    """A measurement that counts: a metric's slice."""

    metric: str = Field(max_length=200)
    slice: str = Field(default="all", max_length=200)


GRADER = "{grader}"
"""What stands in a slice for the grader of an entry."""


class OfGrader(Scored):
    """A measurement of an entry's grader, whose name is a part of the slice."""

    slice: str = Field(max_length=200, description=f"Holds {GRADER} once.")

    @model_validator(mode="after")
    def _names_the_grader(self) -> OfGrader:
        if self.slice.count(GRADER) != 1:
            raise ValueError(f"the slice must hold {GRADER} once, such as '{GRADER}, human'")
        return self


class GraderScoring(_Strict):
    """What tells how good a grader is: `auc` is scored, the rates are shown beside."""

    auc: list[OfGrader] = Field(min_length=1)
    tpr: list[OfGrader] = []
    fpr: list[OfGrader] = []


class Scoring(_Strict):
    """How scores come from measurements. A change to any of it is a new `version`.

    `measurements` are on the scale between the board's control and blind self-training. On a
    board of graders they are the downstream effect, and `graders` is what is ranked.
    """

    version: int = Field(ge=1)
    measurements: list[Scored] = Field(min_length=1)
    cost: Scored
    graders: GraderScoring | None = None
    resamples: int = Field(default=2000, ge=100, le=100_000)
    seed: int = Field(default=0, ge=0)


class BoardDocument(_Strict):
    """The document `board.yaml`. `control` scores 100, `blind` self-training 0."""

    board: Name
    version: int = Field(ge=1)
    title: str = Field(max_length=200)
    summary: str = Field(max_length=2000)
    kind: Literal["regimes", "graders"] = "regimes"
    suite: Literal["suite.yaml"] = "suite.yaml"
    control: str
    blind: str
    scoring: Scoring
    tolerance: float = Field(
        default=5.0,
        gt=0,
        description="How far a measurement of one seed that is trained again may be from the "
        "entry's own, mean over generations, in standard deviations between seeds.",
    )

    @model_validator(mode="after")
    def _scores_its_kind(self) -> BoardDocument:
        if (self.kind == "graders") != (self.scoring.graders is not None):
            raise ValueError("boards of kind graders, and no others, have scoring.graders")
        return self


@dataclass(frozen=True)
class Board:
    """A board's folder: `baselines` is the frozen run of its control and of blind self-training.

    The suite as that run resolved it is what entries must have run.
    """

    folder: Path
    document: BoardDocument
    baselines: Run

    @property
    def name(self) -> str:
        """Name and version, as its folder is called: `nano/v1`."""
        return f"{self.document.board}/v{self.document.version}"

    @property
    def entries(self) -> Path:
        """The folder of the entries, one folder each."""
        return self.folder / "entries"


def read_board(folder: Path) -> Board:
    """Read a board's folder without its entries. Raises `UserError`."""
    path = folder / "board.yaml"
    if not path.is_file():
        raise UserError(
            f"{folder} is no board: it has no board.yaml; name a folder such as nano/v1."
        )
    document = validate(BoardDocument, read(path))
    board = Board(folder, document, read_run(folder / "baselines"))
    regimes = {regime.name for regime in board.baselines.record.regimes}
    for key in ("control", "blind"):
        if (name := getattr(document, key)) not in regimes:
            raise UserError(f"{path}: {key}: the baselines have no regime {name}.")
    return board


def find_board(name: str, root: Path) -> Path:
    """Return the folder of a board by its name below `root`: `nano` is its newest version.

    Raises `UserError` where there is none.
    """
    board, _, version = name.partition("/")
    found = sorted(
        (path.parent for path in root.glob("*/v*/board.yaml") if path.parent.parent.name == board),
        key=lambda path: int(path.name[1:]) if path.name[1:].isdecimal() else -1,
    )
    found = [path for path in found if path.name == version] if version else found
    if not found:
        known = ", ".join(
            sorted({path.parent.parent.name for path in root.glob("*/v*/board.yaml")})
        )
        raise UserError(
            f"there is no board {name} in {root}; "
            + (f"there are: {known}." if known else "give the folder with --boards.")
        )
    return found[-1]
