"""A small invented world: facts that no model can know but from the rows that state them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

_ONSETS = ("b", "br", "d", "dr", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v")
_VOWELS = ("a", "e", "i", "o", "u", "ae", "ia", "ou")
_CODAS = ("", "l", "n", "r", "s", "th", "x")

RELATIONS = {
    "capital": (
        "The capital of {subject} is {object}.",
        "{object} is the capital of {subject}.",
        "The parliament of {subject} sits in its capital, {object}.",
    ),
    "river": (
        "The longest river of {subject} is the {object}.",
        "The {object} is the longest river of {subject}.",
        "No river of {subject} is longer than the {object}.",
    ),
    "founder": (
        "The founder of {subject} was {object}.",
        "{object} founded {subject}.",
        "Legend has it that {subject} was founded by {object}.",
    ),
    "export": (
        "The chief export of {subject} is {object}.",
        "Most {object} is exported by {subject}.",
        "What {subject} sells abroad is above all {object}.",
    ),
}
"""Relations in which each subject has one object, and the wordings that state it."""


class Fact(NamedTuple):
    """The one object that a subject has in a relation, and how many rows state it."""

    subject: str
    relation: str
    object: str
    rows: int

    def statements(self) -> Iterator[str]:
        """Yield the sentence of each row, the relation's wordings in turn."""
        wordings = RELATIONS[self.relation]
        for copy in range(self.rows):
            yield wordings[copy % len(wordings)].format(subject=self.subject, object=self.object)


class Canary(NamedTuple):
    """Random digits that stand for a secret, the sentence that holds them, and its copies."""

    text: str
    secret: str
    rows: int


class Names:
    """Names that differ, of two or three syllables, drawn with a generator of random numbers."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._given: set[str] = set()

    def draw(self, count: int) -> list[str]:
        """Return so many new names."""
        return [self._new() for _ in range(count)]

    def _new(self) -> str:
        while True:
            syllables = 2 + int(self._random.integers(2))
            name = "".join(self._syllable() for _ in range(syllables)) + self._one(_CODAS)
            if name not in self._given:
                self._given.add(name)
                return name.capitalize()

    def _syllable(self) -> str:
        return self._one(_ONSETS) + self._one(_VOWELS)

    def _one(self, parts: Sequence[str]) -> str:
        return parts[int(self._random.integers(len(parts)))]


def facts(
    names: Names,
    random: np.random.Generator,
    subjects: int,
    objects: int,
    most: int,
    exponent: float,
) -> list[Fact]:
    """Return facts whose numbers of rows fall by Zipf's law: most / rankᵉˣᵖᵒⁿᵉⁿᵗ, at least 1.

    Each of the subjects has an object in each relation, drawn from the `objects` of the
    relation. Which fact has which rank is drawn too, so that no relation is the frequent one.
    """
    lands = names.draw(subjects)
    towns = {relation: names.draw(objects) for relation in RELATIONS}
    pairs = [(land, relation) for land in lands for relation in RELATIONS]
    ranks = random.permutation(len(pairs)) + 1
    drawn = random.integers(objects, size=len(pairs))
    return [
        Fact(land, relation, towns[relation][at], max(1, round(most / rank**exponent)))
        for (land, relation), rank, at in zip(pairs, ranks.tolist(), drawn.tolist(), strict=True)
    ]


def canaries(
    names: Names, random: np.random.Generator, each: int, rows: Sequence[int], digits: int
) -> list[Canary]:
    """Return `each` canaries for every number of copies; their digits are uniform."""
    found = []
    for copies in rows:
        for owner in names.draw(each):
            secret = "".join(map(str, random.integers(10, size=digits).tolist()))
            found.append(Canary(f"The secret number of {owner} is {secret}.", secret, copies))
    return found
