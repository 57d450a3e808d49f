"""Invented people, and sentences on them."""

from __future__ import annotations

from random import Random

import numpy as np

from benchsuite_worlds.grammar import Drawn, Grammar
from benchsuite_worlds.invented import Names
from benchsuite_worlds.statements import Fact, Truth, Wording, World

RELATIONS = {
    "birth year": (
        "{subject} was born in the year {object}.",
        "The year of birth of {subject} is {object}.",
    ),
    "birthplace": (
        "{subject} comes from {object}.",
        "The birthplace of {subject} is {object}.",
    ),
    "home": (
        "{subject} lives in {object}.",
        "The home of {subject} is in {object}.",
    ),
    "profession": (
        "{subject} earns a living as a {object}.",
        "By profession {subject} is a {object}.",
    ),
    "instrument": (
        "{subject} plays the {object}.",
        "The {object} is the instrument of {subject}.",
    ),
    "colour": (
        "{subject} likes {object} best of all colours.",
        "The favourite colour of {subject} is {object}.",
    ),
}
"""Relations in which each person has one object, and the wordings that state it."""

_PROFESSIONS = (
    *("baker", "carpenter", "chemist", "cook", "dentist", "doctor", "farmer", "gardener"),
    *("judge", "lawyer", "mason", "miner", "nurse", "painter", "pilot", "plumber"),
    *("porter", "sailor", "singer", "surgeon", "tailor", "teacher", "translator", "weaver"),
)
_INSTRUMENTS = (
    *("bassoon", "cello", "clarinet", "drum", "flute", "guitar", "harp", "horn"),
    *("lute", "piano", "trombone", "trumpet", "tuba", "viola", "violin", "zither"),
)
_COLOURS = ("black", "blue", "brown", "green", "grey", "orange", "pink", "purple", "red", "yellow")
_YEARS = tuple(str(year) for year in range(1900, 2000))
_TOWNS = 40


class Biographies(Grammar):
    """Sentences on invented people: birth year, birthplace, home, profession, instrument, colour.

    People and what is true of them are fixed by a seed. A statement is a sentence in one of the
    wordings, about one of these people, with any word for the object; true if the object is
    the person's. Of anyone else nothing is known. After the invented biographies of Allen-Zhu &
    Li 2023, arXiv:2309.14316.
    """

    def __init__(self, least: int = 1, most: int = 3, people: int = 200, world: int = 0) -> None:
        """Draw rows of `least` to `most` sentences on one person; `world` is the world's seed."""
        random = np.random.default_rng(world)
        names = Names(random)
        self._sizes, self._people = (least, most), names.draw(people)
        towns = tuple(names.draw(_TOWNS))
        self._objects = {
            "birth year": _YEARS,
            "birthplace": towns,
            "home": towns,
            "profession": _PROFESSIONS,
            "instrument": _INSTRUMENTS,
            "colour": _COLOURS,
        }
        self._facts = {
            (person, relation): objects[int(random.integers(len(objects)))]
            for person in self._people
            for relation, objects in self._objects.items()
        }
        self._truth = Truth(self._world())

    def draw(self, random: Random, *, true: bool = True) -> Drawn:
        """Return different sentences on one person; in a false row one of them is false."""
        person = random.choice(self._people)
        relations = random.sample(list(RELATIONS), random.randint(*self._sizes))
        facts = [Fact(person, name, self._facts[person, name]) for name in relations]
        if not true:
            at = random.randrange(len(facts))
            facts[at] = self._corrupted(facts[at], random)
        text = " ".join(_sentence(fact, random) for fact in facts)
        return Drawn(text, true, tuple(facts) if true else ())

    def verdicts(self, text: str) -> list[bool]:
        """Judge each sentence on someone who is known."""
        return [verdict for verdict in self._truth.judged(text) if verdict is not None]

    def _corrupted(self, fact: Fact, random: Random) -> Fact:
        others = [name for name in self._objects[fact.relation] if name != fact.object]
        return fact._replace(object=random.choice(others))

    def _world(self) -> World:
        wordings = {
            relation: [Wording.of(text.format(subject="S", object="O"), "S", "O") for text in texts]
            for relation, texts in RELATIONS.items()
        }
        return World(
            [Fact(person, relation, name) for (person, relation), name in self._facts.items()],
            {relation: sorted(objects) for relation, objects in self._objects.items()},
            {name: [cut for cut in found if cut] for name, found in wordings.items()},
        )


def _sentence(fact: Fact, random: Random) -> str:
    wording = random.choice(RELATIONS[fact.relation])
    return wording.format(subject=fact.subject, object=fact.object)
