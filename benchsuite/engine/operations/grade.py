"""Rows graded, and a regime's rule applied to the grades."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benchsuite.engine.operations.human import HumanOrder
from benchsuite.engine.operations.rules import chosen
from benchsuite.engine.work import Spent, Work

_WRITTEN = ("grades", "kept", "copies")
_DRAWING = 1
"""Sets the rule's random numbers apart from those of the grader, which has the step's seed."""


def run(work: Work) -> Spent:
    """Grade the rows still kept; add the scores to `grades` and set `kept`.

    They are rows of another step, or human ones drawn here to be chosen from. `grades` is a list
    of `{grader, score}`, one for each grader that saw the row; `copies` is how often it is learned
    from, 0 where it is not `kept`.
    """
    rows = _drawn(work) if "draw" in work.arguments else work.rows("rows")
    kept = _kept(rows)
    seen = rows.filter(pa.array(kept))
    model = work.model()
    scores = np.asarray(work.component.grade(seen, model, work.human(), work.context), float)
    if scores.shape != (seen.num_rows,) or not np.isfinite(scores).all():
        raise RuntimeError(f"it must give one finite score for each of {seen.num_rows} rows")
    sizes = np.ones(len(scores)) if work.arguments["unit"] == "rows" else _tokens(seen)
    # Copies that an earlier grader's rule made weigh as the rows that they are.
    sizes = sizes * _copies(seen)
    drawing = np.random.default_rng([work.context.seed, _DRAWING])
    times = chosen(scores, sizes, work.arguments["keep"], work.component.best, drawing)
    work.write_rows(_graded(rows, kept, scores, times, work.component_name))
    tokens = int(_tokens(seen).sum())
    return Spent(tokens, work.flops(model.flops(tokens) if work.component.reads_model else 0))


def _drawn(work: Work) -> pa.Table:
    """Return the human rows that some are to be chosen from."""
    draw = work.arguments["draw"]
    people = HumanOrder(work.human().train, work.arguments["unit"], draw["human_seed"])
    return people.stretch(draw["first"], draw["each"], draw["generation"])


def _kept(rows: pa.Table) -> np.ndarray:
    if "kept" not in rows.column_names:
        return np.ones(rows.num_rows, bool)
    return np.asarray(rows["kept"].to_numpy(zero_copy_only=False))


def _tokens(rows: pa.Table) -> np.ndarray:
    if "tokens" not in rows.column_names:
        return np.ones(rows.num_rows)
    return np.asarray(rows["tokens"].to_numpy())


def _copies(rows: pa.Table) -> np.ndarray:
    if "copies" not in rows.column_names:
        return np.ones(rows.num_rows, int)
    return np.asarray(rows["copies"].to_numpy())


def _graded(
    rows: pa.Table, kept: np.ndarray, scores: np.ndarray, times: np.ndarray, grader: str
) -> pa.Table:
    """Write scores and choice of the rows that were seen back among all rows."""
    grades = (
        rows["grades"].to_pylist()
        if "grades" in rows.column_names
        else [[] for _ in range(len(kept))]
    )
    copies = np.where(kept, _copies(rows), 0)
    for place, score, time in zip(np.flatnonzero(kept), scores, times, strict=True):
        grades[place].append({"grader": grader, "score": float(score)})
        copies[place] *= time
    grade = pa.struct([("grader", pa.string()), ("score", pa.float64())])
    rows = rows.drop_columns([n for n in _WRITTEN if n in rows.column_names])
    columns = (
        pa.array(grades, pa.list_(grade)),
        pa.array(copies > 0),
        pa.array(copies, pa.int32()),
    )
    for name, column in zip(_WRITTEN, columns, strict=True):
        rows = rows.append_column(name, column)
    return rows
