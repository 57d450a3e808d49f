"""What every grammar offers: rows drawn by a seed, and a judgement of any text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from benchsuite_worlds.statements import Fact


class Drawn(NamedTuple):
    """A row, whether it is true, and the facts that a true one states, where it states facts."""

    text: str
    true: bool
    states: tuple[Fact, ...] = ()


class Grammar(ABC):
    """Text that states something which can be checked exactly.

    Judging takes time in proportion to the text's length, whatever the text.
    """

    @abstractmethod
    def draw(self, random: Random, *, true: bool = True) -> Drawn:
        """Return a row, true or false as is asked for."""

    @abstractmethod
    def verdicts(self, text: str) -> list[bool]:
        """Return for each statement of the text whether it is true."""

    def check(self, text: str) -> bool | None:
        """Return whether a text states something and all of it is true; None if it states nothing.

        A statement is what the grammar says one is: other text around it does not matter.
        """
        found = self.verdicts(text)
        return all(found) if found else None

    def rows(self, seed: int, false: float = 0.0) -> Iterator[Drawn]:
        """Yield rows without end, each false with probability `false`."""
        random = Random(seed)
        while True:
            yield self.draw(random, true=random.random() >= false)
