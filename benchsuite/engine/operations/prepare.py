"""The human rows of a suite: duplicates removed, splits fixed by content."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any

import pyarrow as pa

from benchsuite.engine.work import Spent, Work
from benchsuite.errors import UserError
from benchsuite.identity import canonical

_OWN = ("document", "domain", "split")
_SPLITS = ("train", "validation", "test", "out-of-domain")


def run(work: Work) -> Spent:
    """Ask the corpus for its rows; give each an `id` and a `split`."""
    rows = work.component.rows(work.context)
    if rows.num_rows == 0:
        raise UserError("the corpus is empty; give one with rows (corpus.path, for local files).")
    rows = _without_duplicates(_identified(rows))
    work.write_rows(_split(rows, **work.arguments["held_out"]))
    return Spent(tokens=0)


def _identified(rows: pa.Table) -> pa.Table:
    """Add `id`, the SHA-256 of a row's content columns; a null is no content."""
    content = rows.drop_columns([name for name in _OWN if name in rows.column_names])
    held = ({k: v for k, v in row.items() if v is not None} for row in content.to_pylist())
    ids = [hashlib.sha256(canonical(row).encode()).hexdigest() for row in held]
    return rows.append_column("id", pa.array(ids))


def _without_duplicates(rows: pa.Table) -> pa.Table:
    """Keep the first of rows with the same content; out-of-domain rows give way to others."""
    seen: set[str] = set()
    keep: list[int] = []
    given = _given_splits(rows)
    order = sorted(range(rows.num_rows), key=lambda i: given[i] == "out-of-domain")
    for i, identity in zip(order, rows["id"].take(order).to_pylist(), strict=True):
        if identity not in seen:
            seen.add(identity)
            keep.append(i)
    return rows.take(sorted(keep))


def _given_splits(rows: pa.Table) -> list[Any]:
    given = rows["split"].to_pylist() if "split" in rows.column_names else [None] * rows.num_rows
    unknown = {split for split in given if split is not None} - set(_SPLITS)
    if unknown:
        raise UserError(f"the corpus has a split {min(unknown)}; splits are {', '.join(_SPLITS)}.")
    return given


def _split(rows: pa.Table, share: float, bytes: int) -> pa.Table:  # noqa: A002 (the suite's word)
    """Set `split`, document by document, where the corpus does not say.

    A document's place is the hash of its content as a number in [0, 1): below `share` it is
    test, below twice that validation. On a large corpus the share shrinks to hold `bytes`.
    """
    given, documents = _given_splits(rows), rows["document"].to_pylist()
    content: dict[str, list[str]] = defaultdict(list)
    for document, identity in zip(documents, rows["id"].to_pylist(), strict=True):
        content[document].append(identity)
    place = {document: _place(ids) for document, ids in content.items()}
    share = min(share, bytes / max(1, _size(rows)))
    splits = [
        split or ("test" if place[d] < share else "validation" if place[d] < 2 * share else "train")
        for split, d in zip(given, documents, strict=True)
    ]
    if "split" in rows.column_names:
        rows = rows.drop_columns(["split"])
    return rows.append_column("split", pa.array(splits))


def _place(ids: list[str]) -> float:
    content = hashlib.sha256("".join(sorted(ids)).encode()).digest()
    return int.from_bytes(content[:8], "big") / 2**64


def _size(rows: pa.Table) -> int:
    return int(rows["text"].nbytes if "text" in rows.column_names else rows.nbytes)
