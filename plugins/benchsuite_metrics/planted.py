"""Facts and canaries that a corpus says it holds, and how often a model was shown them.

A corpus says so in columns: `subject`, `relation` and `object` of a row that states a fact,
`canary` of a row that holds a secret. A corpus without such columns holds neither.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchsuite.api import HumanRows
from benchsuite_metrics.reference import per_human

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa

    from benchsuite_metrics.intervals import Estimate

BANDS = {"1-3 times": (1, 3), "4-15 times": (4, 15), "16 times or more": (16, None)}
"""How often the rows that generation 0 was trained on hold something: names, and ends included."""

UNSEEN = "unseen"


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


@per_human
def world(human: HumanRows) -> World:
    """Return what the human training rows state, in an order that hangs on content alone."""
    rows = _planted(human.train, "subject")
    facts = sorted({Fact(row["subject"], row["relation"], row["object"]) for row in rows})
    objects: dict[str, set[str]]
    wordings: dict[str, set[Wording]]
    objects, wordings = defaultdict(set), defaultdict(set)
    for row in rows:
        objects[row["relation"]].add(row["object"])
        if wording := _wording(row["text"], row["subject"], row["object"]):
            wordings[row["relation"]].add(wording)
    return World(
        [fact for fact in facts if fact.relation in wordings],
        {relation: sorted(found) for relation, found in objects.items()},
        {relation: sorted(found) for relation, found in wordings.items()},
    )


def _wording(text: str, subject: str, object_: str) -> Wording | None:
    """Cut a sentence at its names; None where one of them is not in it, or is twice."""
    found = {
        name: list(re.finditer(rf"\b{re.escape(word)}\b", text))
        for name, word in (("subject", subject), ("object", object_))
    }
    if any(len(matches) != 1 for matches in found.values()):
        return None
    (first, a), (second, b) = sorted(
        ((name, matches[0].span()) for name, matches in found.items()), key=lambda item: item[1]
    )
    return Wording((text[: a[0]], text[a[1] : b[0]], text[b[1] :]), (first, second))


def times_stated(drawn: pa.Table, facts: Iterable[Fact]) -> np.ndarray:
    """Return how many of the rows that were drawn state each fact."""
    counts = Counter(
        Fact(row["subject"], row["relation"], row["object"]) for row in _planted(drawn, "subject")
    )
    return np.array([counts[fact] for fact in facts], np.int64)


def secrets(rows: pa.Table) -> Counter[tuple[str, str]]:
    """Return the text and the secret of each canary, and how many rows hold it."""
    return Counter((row["text"], row["canary"]) for row in _planted(rows, "canary"))


def by_band(
    values: np.ndarray, times: np.ndarray, estimate: Callable[[np.ndarray], Estimate]
) -> dict[str, Estimate]:
    """Return the estimate of all that was seen, of each band, and of what was not seen."""
    within = {"all": times > 0}
    for name, (least, most) in BANDS.items():
        within[name] = (times >= least) & (times <= (np.inf if most is None else most))
    within[UNSEEN] = times == 0
    return {name: estimate(values[chosen]) for name, chosen in within.items()}


def _planted(rows: pa.Table, column: str) -> list[dict[str, Any]]:
    """Return the rows in which a column is not null."""
    if column not in rows.column_names:
        return []
    found: list[dict[str, Any]] = rows.filter(rows[column].is_valid()).to_pylist()
    return found
