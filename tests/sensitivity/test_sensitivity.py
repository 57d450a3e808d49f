"""What docs/metrics.md says of which metric sees what, on novels; quicker than the table."""

import os
import random
from pathlib import Path

import pytest
from damage import (
    frequent_half,
    with_duplicates,
    with_facts_corrupted,
    with_genders_swapped,
    without_tail,
)
from reactions import NOVELS, metrics, novels, reactions

SEES = {
    "metrics/vocabulary": {"tail removed", "temperature 0.7"},
    "metrics/tail-coverage": {"tail removed", "temperature 0.7"},
    "metrics/self-repetition": {"duplicates"},
    "metrics/self-bleu": {"duplicates"},
    "metrics/vendi-score": {"duplicates", "temperature 0.7"},
}


@pytest.fixture(scope="module")
def found():
    root = Path(os.environ.get("BENCHSUITE_DATA", "nowhere"))
    if not (root / NOVELS).is_dir():
        pytest.skip(f"BENCHSUITE_DATA names no folder with {NOVELS}")
    chosen = [(name, metric) for name, metric in metrics() if name in SEES]
    return reactions(novels(root)[:6000], samples=4, chosen=chosen)


@pytest.mark.parametrize("name", SEES)
def test_a_metric_sees_what_the_table_says(found, name):
    for damage in SEES[name]:
        change, noise = found[name][damage]
        assert abs(change) > noise, damage


def test_damages_do_what_they_say():
    source = random.Random(0)
    rows = ["She saw Tom and 3 men.", "He saw a rare bird, Mary said."] * 10
    assert len(set(with_duplicates([str(i) for i in range(50)], source))) == 40
    assert with_genders_swapped(rows, source)[:2] == [
        "He saw Tom and 3 women.",
        "She saw a rare bird, Mary said.",
    ]
    corrupted = with_facts_corrupted(rows, source)
    assert corrupted != rows
    assert sorted(" ".join(corrupted)) == sorted(" ".join(rows))
    frequent = frequent_half(["a a b b rare other"])
    assert frequent == {"a": 2, "b": 2}
    assert set(without_tail(["a Rare, b"], source, frequent)[0]) == set("a, b")
