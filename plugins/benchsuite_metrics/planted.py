"""Facts and canaries that a corpus says it holds, and how often a model was shown them.

A corpus says so in columns: `subject`, `relation` and `object` of a row that states a fact,
`canary` of a row that holds a secret. A corpus without such columns holds neither.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from benchsuite_worlds.statements import Fact, World, rows_with, stated_world

from benchsuite.api import HumanRows
from benchsuite_metrics.reference import per_human

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa

    from benchsuite_metrics.intervals import Estimate

BANDS = {"1-3 times": (1, 3), "4-15 times": (4, 15), "16 times or more": (16, None)}
"""How often the rows that generation 0 was trained on hold something: names, and ends included."""

UNSEEN = "unseen"


@per_human
def world(human: HumanRows) -> World:
    """Return what the human training rows state, in an order that hangs on content alone."""
    return stated_world(human.train)


def times_stated(drawn: pa.Table, facts: Iterable[Fact]) -> np.ndarray:
    """Return how many of the rows that were drawn state each fact."""
    counts = Counter(
        Fact(row["subject"], row["relation"], row["object"]) for row in rows_with(drawn, "subject")
    )
    return np.array([counts[fact] for fact in facts], np.int64)


def secrets(rows: pa.Table) -> Counter[tuple[str, str]]:
    """Return the text and the secret of each canary, and how many rows hold it."""
    return Counter((row["text"], row["canary"]) for row in rows_with(rows, "canary"))


def by_band(
    values: np.ndarray, times: np.ndarray, estimate: Callable[[np.ndarray], Estimate]
) -> dict[str, Estimate]:
    """Return the estimate of all that was seen, of each band, and of what was not seen."""
    within = {"all": times > 0}
    for name, (least, most) in BANDS.items():
        within[name] = (times >= least) & (times <= (np.inf if most is None else most))
    within[UNSEEN] = times == 0
    return {name: estimate(values[chosen]) for name, chosen in within.items()}
