"""What every generation is trained on, read from the regime's document, in whole rows.

This is a second reading of what a regime means, apart from the runner's own: a runner that mixes
otherwise is found out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any, Literal

import numpy as np

from benchsuite.api import Place

OWN_SAMPLES = "generators/self"
"""The generator that writes nothing but samples of the fit, of which the formulas speak."""

Writer = int | Literal["first", "fixed", "fresh"]
"""Who made rows: a generation's model, or people: those of generation 0, those that stay the same
in every generation, or new ones."""


@dataclass(frozen=True)
class Pool:
    """Rows that a part may draw from: `size` of them, of which `unique` are not repeats."""

    writer: Writer
    size: int
    unique: int

    @property
    def human(self) -> bool:
        """Whether people made the rows."""
        return isinstance(self.writer, str)


@dataclass(frozen=True)
class Part:
    """`drawn` rows, each set of them as likely as any other, from pools put together."""

    pools: tuple[Pool, ...]
    drawn: int

    @property
    def whole(self) -> bool:
        """Whether all rows of all pools are taken."""
        return self.drawn == sum(pool.size for pool in self.pools)

    @property
    def by_chance(self) -> bool:
        """Whether it is left to chance how many rows of whom are drawn."""
        return len(self.pools) > 1 and not self.whole

    @property
    def expected(self) -> np.ndarray:
        """Expected number of rows from each pool, `[pools]`."""
        sizes = np.array([pool.size for pool in self.pools], float)
        return np.asarray(self.drawn * sizes / max(1.0, float(sizes.sum())))

    @property
    def covariance(self) -> np.ndarray:
        """Covariance of these numbers: multivariate hypergeometric, `[pools, pools]`."""
        sizes = np.array([pool.size for pool in self.pools], float)
        total = sizes.sum()
        if self.whole or total < 2:  # noqa: PLR2004 (of one row there is nothing to choose)
            return np.zeros((len(sizes), len(sizes)))
        shares = sizes / total
        scale = self.drawn * (total - self.drawn) / (total - 1)
        return np.asarray(scale * (np.diag(shares) - np.outer(shares, shares)))


@dataclass(frozen=True)
class Mix:
    """What one generation learns from. `written` is how much it writes for the next ones."""

    parts: tuple[Part, ...]
    written: int

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(part.drawn for part in self.parts)

    @property
    def by_chance(self) -> bool:
        """Whether it is left to chance how many rows of whom it holds."""
        return any(part.by_chance for part in self.parts)


def mixes(place: Place) -> list[Mix] | None:
    """Return the mixes of all generations up to a model's, or None where no formula holds.

    That is where rows are not samples of the fit, begin with a prompt, or are counted in tokens,
    where human rows are chosen, and where a mix is drawn to a part of the budget.
    """
    regime = place.regime
    if any(part.get("chosen") for part in regime["mixture"]):
        return None
    own = regime["generator"] is None or regime["generator"]["name"] == OWN_SAMPLES
    counted = place.budget["unit"] == "rows" and isinstance(regime["budget"], str)
    if not own or regime["prompts"] != "none" or not counted:
        return None
    amount = int(place.budget["amount"])
    shares = [part["share"] for part in regime["mixture"] if not _is_human(part)]
    largest = max((1.0 if share == "everything" else share for share in shares), default=0.0)
    written = ceil(amount * largest)
    first = Part((Pool("first", amount, amount),), amount)
    later = [_parts(regime, g, amount, written) for g in range(1, place.generation + 1)]
    return [Mix((first,), written), *(Mix(parts, written) for parts in later)]


def _parts(
    regime: Mapping[str, Any], generation: int, amount: int, written: int
) -> tuple[Part, ...]:
    parts = regime["mixture"]
    if all(part["share"] == "everything" for part in parts):
        pools = [
            pool for part in parts for pool in _pools(part, generation, amount, written, amount)
        ]
        everything = sum(pool.size for pool in pools)
        return (Part(tuple(pools), everything if regime["budget"] != "equal" else amount),)
    counts = whole([part["share"] for part in parts], amount)
    return tuple(
        Part(tuple(_pools(part, generation, count, written, amount)), count)
        for part, count in zip(parts, counts, strict=True)
    )


def _pools(
    part: Mapping[str, Any], generation: int, count: int, written: int, amount: int
) -> list[Pool]:
    source = part["source"]
    if source == "human-fixed":
        unique = part.get("unique")
        distinct = count if unique is None else min(count, max(1, whole([unique], amount)[0]))
        return [Pool("fixed", count, distinct)]
    if source == "human-fresh":
        return [Pool("fresh", count, count)]
    writers = range(generation) if source == "synthetic-all" else [generation - 1]
    return [Pool(writer, written, written) for writer in writers]


def whole(shares: Sequence[float], amount: int) -> list[int]:
    """Return shares of an amount in whole rows: their running sums are rounded, halves up."""
    ends = [0, *(int(sum(shares[: i + 1]) * amount + 0.5 + 1e-6) for i in range(len(shares)))]
    return [after - before for before, after in pairwise(ends)]


def _is_human(part: Mapping[str, Any]) -> bool:
    return str(part["source"]).startswith("human")
