"""What a generation is trained on: human and synthetic rows in the regime's shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
import pyarrow as pa

from benchsuite.engine.operations.human import HumanOrder, after, sizes
from benchsuite.engine.work import Spent, Work, read_rows

_DROPPED = {"document", "split", "kept", "copies", "grades", "prompt"}


def run(work: Work) -> Spent:
    """Draw the rows of each part, and put them in the order in which they are trained on."""
    amount, unit, parts = (work.arguments[key] for key in ("amount", "unit", "parts"))
    generator = np.random.default_rng(work.context.seed)
    wanted = amounts(parts, amount)
    written = [_kept(read_rows(folder), "synthetic") for folder in work.inputs["written"]]
    shared = [_kept(read_rows(folder), "synthetic") for folder in work.inputs.get("shared", ())]
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
    held = int(sizes(rows, unit).sum())
    rounds = ceil(amount / held) if held else 1
    return take(_concatenated([rows] * rounds), amount, unit)


def take(rows: pa.Table, amount: int, unit: str) -> pa.Table:
    """Return the first rows that together hold `amount`; the last may overrun it.

    Raises `RuntimeError` where there are too few.
    """
    ends = np.cumsum(sizes(rows, unit))
    held = int(ends[-1]) if len(ends) else 0
    if amount > held:
        raise RuntimeError(
            f"{amount:,} {unit} are asked for and {held:,} there; where graders kept too few, "
            "lower `expected` in their rule"
        )
    return rows.slice(0, after(ends, 0, amount))


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
    """The human rows of a seed, by source: those that graders chose, or as they come."""
    amount, unit = work.arguments["amount"], work.arguments["unit"]
    people = HumanOrder(work.human().train, unit, work.arguments["human_seed"])
    people.check(amount, work.human_needed)
    found = {}
    for part, much in zip(parts, wanted, strict=True):
        source = part["source"]
        if source in work.inputs:
            once = _unique(part, amount, much)
            found[source] = take(_kept(work.rows(source), "human"), once, unit)
        elif source == "human-fixed":
            found[source] = _labelled(people.stretch(amount), "human")
        elif source == "human-fresh":
            each = (much, work.arguments["generation"])
            found[source] = _labelled(people.stretch(work.arguments["first"], *each), "human")
    return found


def _kept(rows: pa.Table, origin: str) -> pa.Table:
    """The rows that graders kept, as often as they are to be read."""
    if "copies" in rows.column_names:
        rows = rows.take(np.repeat(np.arange(rows.num_rows), rows["copies"].to_numpy()))
    return _labelled(rows, origin)


def _labelled(rows: pa.Table, origin: str) -> pa.Table:
    rows = rows.drop_columns([name for name in rows.column_names if name in _DROPPED])
    return rows.append_column("origin", pa.array([origin] * rows.num_rows, pa.string()))


def _concatenated(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="default")
