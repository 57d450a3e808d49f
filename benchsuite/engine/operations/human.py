"""The human rows of a seed, in one random order, of which every draw is a stretch."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benchsuite.errors import UserError


class HumanOrder:
    """The rows of the training split in the order of a run's seed.

    The seed alone decides it, so that all generations and regimes share it: the first rows, a
    budget of them, are generation 0's and `human-fixed`; generation after generation takes its
    `human-fresh` ones from those that follow.
    """

    def __init__(self, rows: pa.Table, unit: str, seed: int) -> None:
        self._rows, self._unit = rows, unit
        self._order = np.random.default_rng(seed).permutation(rows.num_rows)
        self._ends = np.cumsum(sizes(rows, unit)[self._order])
        self.held = int(self._ends[-1]) if len(self._ends) else 0
        """Tokens (or rows) of all."""

    def check(self, budget: int, needed: int) -> None:
        """Refuse a corpus that holds less than a budget, or than regimes draw. `UserError`."""
        unit = self._unit
        if self.held < budget:
            raise UserError(
                f"the corpus's training split holds {self.held:,} {unit} and budget.{unit} asks "
                f"for {budget:,}; lower budget.{unit} to at most {self.held} or give a larger "
                "corpus."
            )
        if self.held < needed:
            raise UserError(
                f"the corpus's training split holds {self.held:,} {unit} and new human rows in "
                f"every generation (human-fresh) or rows to choose from (chosen) take {needed:,}; "
                f"lower budget.{unit} or generations, or give a larger corpus."
            )

    def stretch(self, first: int, each: int = 0, generation: int = 0) -> pa.Table:
        """Return a generation's rows: `each` of those after the `first`; these for generation 0.

        A stretch ends with the row that reaches its amount, and the next begins behind it.
        Raises `UserError` where there are too few.
        """
        self.check(0, first)
        cuts = [0, after(self._ends, 0, first)]
        for _ in range(generation):
            # Exactly, since the last rows of earlier generations overran their amounts.
            self.check(0, (int(self._ends[cuts[-1] - 1]) if cuts[-1] else 0) + each)
            cuts.append(after(self._ends, cuts[-1], each))
        return self._rows.take(self._order[cuts[-2] : cuts[-1]])


def sizes(rows: pa.Table, unit: str) -> np.ndarray:
    """Return what each row holds of a budget: its tokens, or 1."""
    if unit == "rows":
        return np.ones(rows.num_rows, int)
    return np.asarray(rows["tokens"].to_numpy(), int)


def after(ends: np.ndarray, start: int, amount: int) -> int:
    """Return the place behind the rows from `start` on that hold `amount`.

    `ends` says what all rows up to each hold. Where they hold too little, there is no such place.
    """
    before = ends[start - 1] if start else 0
    return int(np.searchsorted(ends, before + amount)) + 1 if amount else start
