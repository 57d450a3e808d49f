"""How suites and regimes name a grammar, and what they fix of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from benchsuite.api import Parameters
from benchsuite_worlds.arithmetic import MOST_NUMBERS, Arithmetic
from benchsuite_worlds.biographies import RELATIONS, Biographies
from benchsuite_worlds.grammar import Grammar
from benchsuite_worlds.logic import Logic

GrammarName = Literal["arithmetic", "logic", "biographies"]

_SIZES: dict[GrammarName, tuple[int, int, str]] = {
    "arithmetic": (2, MOST_NUMBERS - 1, "numbers"),
    "logic": (1, 16, "levels"),
    "biographies": (1, len(RELATIONS), "sentences"),
}
"""Least and most size of each grammar's rows, and what it counts."""


class World(Parameters):
    """Which invented people there are, where a check is about them."""

    people: int = Field(200, ge=1, le=100_000, description="Of biographies: how many people.")
    world_seed: int = Field(
        0, ge=0, description="Of biographies: fixes people, and what is true of them."
    )


class Checked(World):
    """Which grammar judges a text."""

    grammar: GrammarName = Field(
        "arithmetic",
        description="arithmetic: 12 + 7 * 3 = 33. logic: not (true and false) = true. "
        "biographies: sentences on invented people.",
    )

    def checker(self) -> Grammar:
        """Return the grammar, to judge texts with."""
        return judge(self.grammar, self)


class Sized(Checked):
    """Which rows a grammar makes."""

    size: int = Field(
        3,
        ge=1,
        description="The most numbers of an equation (from 2), levels of an expression (to 16), "
        "sentences of a row (to 6). Rows have any size up to it, equally often.",
    )
    digits: int = Field(2, ge=1, le=18, description="Of arithmetic: the most digits of a number.")
    false: float = Field(
        0.0, ge=0, le=1, description="Share of rows that are made false on purpose."
    )

    @model_validator(mode="after")
    def _fits(self) -> Sized:
        check_size(self.grammar, self.size)
        return self

    def drawer(self) -> Grammar:
        """Return the grammar, to draw rows from."""
        return self.sized(_SIZES[self.grammar][0], self.size)

    def sized(self, least: int, most: int) -> Grammar:
        """Return the grammar, to draw rows from whose sizes are between two numbers."""
        if self.grammar == "arithmetic":
            return Arithmetic(least, most, self.digits)
        if self.grammar == "logic":
            return Logic(least, most)
        return Biographies(least, most, self.people, self.world_seed)


def judge(grammar: GrammarName, world: World) -> Grammar:
    """Return a grammar to judge texts with; what is true of people comes from the world."""
    if grammar == "biographies":
        return Biographies(people=world.people, world=world.world_seed)
    return Arithmetic() if grammar == "arithmetic" else Logic()


def check_size(grammar: GrammarName, size: int) -> None:
    """Raise `ValueError` for rows of a size that the grammar does not make."""
    least, most, counted = _SIZES[grammar]
    if not least <= size <= most:
        raise ValueError(f"{grammar} has rows of {least} to {most} {counted}, not {size}")
