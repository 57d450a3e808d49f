"""Sentences that state facts, as rows say of themselves, found in any text and judged.

A row says so in the columns `subject`, `relation` and `object`. Each subject has one object in a
relation, and a row's sentence names both.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa


class Fact(NamedTuple):
    """What a row states."""

    subject: str
    relation: str
    object: str


class Wording(NamedTuple):
    """A sentence of a relation cut at its two names, and the order in which these stand.

    `("The capital of ", " is ", ".")` with `("subject", "object")`.
    """

    parts: tuple[str, str, str]
    names: tuple[str, str]

    @classmethod
    def of(cls, text: str, subject: str, object_: str) -> Wording | None:
        """Cut a sentence at its names; None where one of them is not in it, or is twice."""
        found = {
            name: list(re.finditer(rf"\b{re.escape(word)}\b", text))
            for name, word in (("subject", subject), ("object", object_))
        }
        if any(len(matches) != 1 for matches in found.values()):
            return None
        spans = ((name, matches[0].span()) for name, matches in found.items())
        (first, a), (second, b) = sorted(spans, key=lambda item: item[1])
        return cls((text[: a[0]], text[a[1] : b[0]], text[b[1] :]), (first, second))

    def filled(self, subject: str, object_: str) -> str:
        """Return the sentence that states something."""
        given = {"subject": subject, "object": object_}
        before, between, after = self.parts
        return f"{before}{given[self.names[0]]}{between}{given[self.names[1]]}{after}"

    def pattern(self) -> str:
        """Return a regular expression for the sentence, with any words for its names."""
        before, between, after = map(re.escape, self.parts)
        first, second = (rf"(?P<{name}>\w+)" for name in self.names)
        edge = "" if self.parts[0] else r"\b"
        return f"{edge}{before}{first}{between}{second}{after}"


class World(NamedTuple):
    """All facts, and by relation the objects there are and the wordings, in fixed order."""

    facts: list[Fact]
    objects: dict[str, list[str]]
    wordings: dict[str, list[Wording]]


def stated_world(rows: pa.Table) -> World:
    """Return what rows state, in an order that hangs on content alone."""
    stating = rows_with(rows, "subject")
    facts = sorted({Fact(row["subject"], row["relation"], row["object"]) for row in stating})
    objects: dict[str, set[str]]
    wordings: dict[str, set[Wording]]
    objects, wordings = defaultdict(set), defaultdict(set)
    for row in stating:
        objects[row["relation"]].add(row["object"])
        if wording := Wording.of(row["text"], row["subject"], row["object"]):
            wordings[row["relation"]].add(wording)
    return World(
        [fact for fact in facts if fact.relation in wordings],
        {relation: sorted(found) for relation, found in objects.items()},
        {relation: sorted(found) for relation, found in wordings.items()},
    )


def rows_with(rows: pa.Table, column: str) -> list[dict[str, Any]]:
    """Return the rows in which a column is not null."""
    if column not in rows.column_names:
        return []
    found: list[dict[str, Any]] = rows.filter(rows[column].is_valid()).to_pylist()
    return found


class Truth:
    """Finds statements in a world's wordings, and judges them by its facts."""

    def __init__(self, world: World) -> None:
        self._patterns = [
            (relation, re.compile(wording.pattern()))
            for relation, wordings in sorted(world.wordings.items())
            for wording in wordings
        ]
        self._objects = {(fact.relation, fact.subject): fact.object for fact in world.facts}

    def judged(self, text: str) -> Iterator[bool | None]:
        """Yield for each statement whether it is true; None if nothing is known of its subject.

        A statement is a sentence in one of the wordings, with any word in place of each name.
        """
        for relation, pattern in self._patterns:
            for match in pattern.finditer(text):
                object_ = self._objects.get((relation, match["subject"]))
                yield None if object_ is None else object_ == match["object"]
