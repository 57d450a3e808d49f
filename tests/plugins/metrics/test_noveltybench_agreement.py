"""The cheap rule of `distinct-of-ten` beside NoveltyBench's published classes."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from benchsuite_metrics.distinct_of_ten import classes
from benchsuite_metrics.words import words_of

PUBLISHED = "creativity/noveltybench/reference_gemini-1.5-pro/nb-curated"


@pytest.fixture(scope="module")
def published():
    folder = Path(os.environ.get("BENCHSUITE_DATA", "nowhere")) / PUBLISHED
    if not folder.is_dir():
        pytest.skip(f"BENCHSUITE_DATA names no folder with {PUBLISHED}")
    rows = [json.loads(line) for line in (folder / "scores.jsonl").read_text().splitlines()]
    return rows, json.loads((folder / "summary.json").read_text())


def counted(row):
    text = words_of(row["generations"])
    return max(classes([text.numbers[text.rows == i] for i in range(10)])) + 1


def test_the_published_mean_counts_classes_from_zero(published):
    rows, summary = published
    assert np.mean([max(row["partition"]) for row in rows]) == pytest.approx(
        summary["mean_distinct"]
    )


def test_the_cheap_rule_beside_the_classifier(published):
    rows, _ = published
    theirs = np.array([max(row["partition"]) + 1 for row in rows])
    ours = np.array([counted(row) for row in rows])
    assert theirs.mean() == pytest.approx(1.83)
    assert ours.mean() == pytest.approx(2.42)  # docs/metrics.md quotes these
    assert np.mean(ours == theirs) == pytest.approx(0.56)
    assert np.corrcoef(ours, theirs)[0, 1] == pytest.approx(0.63, abs=0.005)
