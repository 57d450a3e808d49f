"""Rows graded, and a regime's rule applied to the grades."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from benchsuite.engine.work import Spent, Work


def run(work: Work) -> Spent:
    """Grade the rows still kept; add the scores to `grades` and set `kept`.

    `grades` is a list of `{grader, score}`, one for each grader that saw the row.
    """
    rows = work.rows("rows")
    kept = _kept(rows)
    seen = rows.filter(pa.array(kept))
    model = work.model()
    scores = np.asarray(work.component.grade(seen, model, work.human(), work.context), float)
    if scores.shape != (seen.num_rows,) or not np.isfinite(scores).all():
        raise RuntimeError(f"it must give one finite score for each of {seen.num_rows} rows")
    sizes = np.ones(len(scores)) if work.arguments["unit"] == "rows" else _tokens(seen)
    signed = scores if work.component.best == "higher" else -scores
    chosen = _chosen(signed, sizes, work.arguments["keep"], work.component.best)
    work.write_rows(_graded(rows, kept, scores, chosen, work.component_name))
    tokens = int(_tokens(seen).sum())
    return Spent(tokens, model.flops(tokens))


def _chosen(
    signed: np.ndarray, sizes: np.ndarray, keep: Mapping[str, Any], best: str
) -> np.ndarray:
    """Return which rows the rule keeps; the higher a signed score, the better."""
    if keep["best"] is not None:
        return best_share(signed, sizes, keep["best"])
    return np.asarray(signed >= (keep["threshold"] if best == "higher" else -keep["threshold"]))


def best_share(scores: np.ndarray, sizes: np.ndarray, share: float) -> np.ndarray:
    """Return which rows are the best that together reach a share of the size of all.

    Ties go to the earlier row; the row that reaches the share is kept.
    """
    order = np.argsort(-scores, kind="stable")
    before = np.cumsum(sizes[order]) - sizes[order]
    chosen = np.zeros(len(scores), bool)
    chosen[order[before < np.round(share * sizes.sum(), 6)]] = True  # 0.07 * 100 exceeds 7
    return chosen


def _kept(rows: pa.Table) -> np.ndarray:
    if "kept" not in rows.column_names:
        return np.ones(rows.num_rows, bool)
    return np.asarray(rows["kept"].to_numpy(zero_copy_only=False))


def _tokens(rows: pa.Table) -> np.ndarray:
    if "tokens" not in rows.column_names:
        return np.ones(rows.num_rows)
    return np.asarray(rows["tokens"].to_numpy())


def _graded(
    rows: pa.Table, kept: np.ndarray, scores: np.ndarray, chosen: np.ndarray, grader: str
) -> pa.Table:
    """Write scores and choice of the rows that were seen back among all rows."""
    grades = (
        rows["grades"].to_pylist()
        if "grades" in rows.column_names
        else [[] for _ in range(len(kept))]
    )
    still = kept.copy()
    for place, score, choice in zip(np.flatnonzero(kept), scores, chosen, strict=True):
        grades[place].append({"grader": grader, "score": float(score)})
        still[place] = choice
    grade = pa.struct([("grader", pa.string()), ("score", pa.float64())])
    rows = rows.drop_columns([n for n in ("grades", "kept") if n in rows.column_names])
    rows = rows.append_column("grades", pa.array(grades, pa.list_(grade)))
    return rows.append_column("kept", pa.array(still))
