"""Rows planted into a corpus go through `prepare`: copies are kept, and other rows untouched."""

import tempfile
from pathlib import Path

import pytest
from benchsuite_corpora.planted import Planted, PlantedParameters
from made_up_suite import made_by, work_on

from benchsuite.api import make_part
from benchsuite.engine.operations import prepare


@pytest.fixture
def prose(tmp_path):
    for number in range(40):
        (tmp_path / f"{number}.txt").write_text(f"The {number}th text says little.\n" * 3)
    return {"name": "corpora/files", "path": str(tmp_path)}


def prepared(corpus):
    arguments = {"held_out": {"share": 0.2, "bytes": 10**9}, "fingerprint": "x"}
    with tempfile.TemporaryDirectory() as folder:
        return made_by(prepare, work_on(Path(folder), arguments, {}, corpus)).to_pylist()


def test_the_other_corpus_keeps_its_rows_and_splits_and_copies_are_kept(prose):
    wanted = PlantedParameters(corpus=prose, subjects=3, most=9, canaries=2, canary_rows=(7,))
    rows, without = prepared(Planted(wanted)), prepared(make_part("corpus", prose))
    kept = [row for row in rows if row["copy"] is None]
    assert [(r["id"], r["split"], r["text"]) for r in kept] == [
        (r["id"], r["split"], r["text"]) for r in without
    ]
    planted = [row for row in rows if row["copy"] is not None]
    facts = sum(max(1, round(9 / rank)) for rank in range(1, 13))
    assert len(planted) == facts + 2 * 7
    assert {row["split"] for row in planted} == {"train"}
    assert len({row["id"] for row in rows}) == len(rows)
