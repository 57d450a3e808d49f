"""What a generation is trained on: human and synthetic rows in the regime's shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
import pyarrow as pa

from benchsuite.engine.work import Spent, Work, read_rows
from benchsuite.errors import UserError

_DROPPED = {"document", "split", "kept", "copies", "grades", "prompt"}


def run(work: Work) -> Spent:
    """Draw the rows of each part, and put them in the order in which they are trained on."""
    amount, unit, parts = (work.arguments[key] for key in ("amount", "unit", "parts"))
    generator = np.random.default_rng(work.context.seed)
    wanted = amounts(parts, amount)
    written = [_kept(read_rows(folder)) for folder in work.inputs["written"]]
    shared = [_kept(read_rows(folder)) for folder in work.inputs.get("shared", ())]
    sources = {
        "synthetic-last": written[-1:],
        "synthetic-all": written,
        "synthetic-shared": shared,
    }
    sources |= {name: [rows] for name, rows in _human(work, parts, wanted).items()}
    pools = [_concatenated(sources[part["source"]]) for part in parts]
    if work.arguments["whole"]:
        drawn = pools
    elif all(part["share"] == "everything" for part in parts):
        drawn = [draw(_concatenated(pools), amount, unit, generator)]
    else:
        drawn = [
            _part(part, pool, much, work.arguments, generator)
            for part, pool, much in zip(parts, pools, wanted, strict=True)
        ]
    mixed = _concatenated(drawn)
    work.write_rows(mixed.take(generator.permutation(mixed.num_rows)))
    return Spent()


def _part(
    part: Mapping[str, Any],
    pool: pa.Table,
    wanted: int,
    arguments: Mapping[str, Any],
    generator: np.random.Generator,
) -> pa.Table:
    """Return the rows of a part with a share."""
    unit, unique = arguments["unit"], _unique(part, arguments["amount"], wanted)
    if part["source"].startswith("synthetic"):
        pool = draw(pool, unique, unit, generator)
    # A human part is the first rows of the seed's own draw: no new one.
    return repeated(pool, unique, wanted, unit)


def draw(rows: pa.Table, amount: int, unit: str, generator: np.random.Generator) -> pa.Table:
    """Return rows in random order, until they hold `amount` tokens (or rows)."""
    return take(rows.take(generator.permutation(rows.num_rows)), amount, unit)


def repeated(rows: pa.Table, unique: int, amount: int, unit: str) -> pa.Table:
    """Return the first rows that hold `unique`, again and again until they hold `amount`."""
    rows = take(rows, unique, unit)
    held = int(_sizes(rows, unit).sum())
    rounds = ceil(amount / held) if held else 1
    return take(_concatenated([rows] * rounds), amount, unit)


def take(rows: pa.Table, amount: int, unit: str) -> pa.Table:
    """Return the first rows that together hold `amount`; the last may overrun it.

    Raises `RuntimeError` where there are too few.
    """
    sizes = _sizes(rows, unit)
    if amount > sizes.sum():
        raise RuntimeError(
            f"{amount:,} {unit} are asked for and {sizes.sum():,} there; where graders kept too "
            "few, lower `expected` in their rule"
        )
    return rows.slice(0, _after(np.cumsum(sizes), 0, amount))


def _after(ends: np.ndarray, start: int, amount: int) -> int:
    """Return the place behind the rows from `start` on that hold `amount`.

    `ends` says what all rows up to each hold. Where they hold too little, there is no such place.
    """
    before = ends[start - 1] if start else 0
    return int(np.searchsorted(ends, before + amount)) + 1 if amount else start


def _sizes(rows: pa.Table, unit: str) -> np.ndarray:
    if unit == "rows":
        return np.ones(rows.num_rows, int)
    return np.asarray(rows["tokens"].to_numpy(), int)


def amounts(parts: Sequence[Mapping[str, Any]], amount: int) -> list[int]:
    """Return what each part holds, in whole tokens or rows that add up to the budget.

    Of a pool each part may fill all of it.
    """
    if all(part["share"] == "everything" for part in parts):
        return [amount] * len(parts)
    exact = np.cumsum([0.0, *(part["share"] for part in parts)]) * amount
    # Halves always go up, so that no part holds more than its share rounded up.
    return [int(part) for part in np.diff(np.floor(np.round(exact, 6) + 0.5))]


def _unique(part: Mapping[str, Any], amount: int, wanted: int) -> int:
    """Return how much of a part is not repeated: all of it, unless the regime says less."""
    if part["unique"] is None or not wanted:
        return wanted
    return min(wanted, max(1, int(np.floor(np.round(part["unique"] * amount, 6) + 0.5))))


def _human(
    work: Work, parts: Sequence[Mapping[str, Any]], wanted: Sequence[int]
) -> dict[str, pa.Table]:
    """The human rows of a seed, by source, from one random order of the training split.

    Its first rows, a budget of them, are `human-fixed`; from those that follow, generation
    after generation takes its `human-fresh` ones.
    """
    amount, unit = work.arguments["amount"], work.arguments["unit"]
    rows = work.human().train
    # Keyed by the run's seed alone, so that all generations and regimes share the order.
    generator = np.random.default_rng(work.arguments["human_seed"])
    order = generator.permutation(rows.num_rows)
    ends = np.cumsum(_sizes(rows, unit)[order])
    fresh = sum(much for part, much in zip(parts, wanted, strict=True) if _is_fresh(part))
    _check(int(ends[-1]) if len(ends) else 0, amount, work.human_needed, unit)
    cuts = [0, _after(ends, 0, amount)]
    for _ in range(work.arguments["generation"]):
        # Exactly, since the last rows of earlier generations overran their amounts.
        _check(int(ends[-1]), amount, int(ends[cuts[-1] - 1]) + fresh, unit)
        cuts.append(_after(ends, cuts[-1], fresh))
    cut = {"human-fixed": order[: cuts[1]], "human-fresh": order[cuts[-2] : cuts[-1]]}
    return {name: _labelled(rows.take(places), "human") for name, places in cut.items()}


def _is_fresh(part: Mapping[str, Any]) -> bool:
    return bool(part["source"] == "human-fresh")


def _check(held: int, amount: int, needed: int, unit: str) -> None:
    """Refuse a corpus that holds less than the regimes draw from it."""
    if held < amount:
        raise UserError(
            f"the corpus's training split holds {held:,} {unit} and budget.{unit} asks for "
            f"{amount:,}; lower budget.{unit} to at most {held} or give a larger corpus."
        )
    if held < needed:
        raise UserError(
            f"the corpus's training split holds {held:,} {unit} and new human rows in every "
            f"generation (human-fresh) take {needed:,}; lower budget.{unit} or generations, or "
            "give a larger corpus."
        )


def _kept(rows: pa.Table) -> pa.Table:
    """The rows that graders kept, of what a generation wrote, as often as they are to be read."""
    if "copies" in rows.column_names:
        rows = rows.take(np.repeat(np.arange(rows.num_rows), rows["copies"].to_numpy()))
    return _labelled(rows, "synthetic")


def _labelled(rows: pa.Table, origin: str) -> pa.Table:
    rows = rows.drop_columns([name for name in rows.column_names if name in _DROPPED])
    return rows.append_column("origin", pa.array([origin] * rows.num_rows, pa.string()))


def _concatenated(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="default")
