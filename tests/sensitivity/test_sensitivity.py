"""What docs/metrics.md says of which metric sees what, on less text; quicker than the tables."""

import os
import random
from pathlib import Path

import pytest
import text_subjects
import trained_subjects
from damage import (
    most_frequent,
    with_duplicates,
    with_facts_corrupted,
    with_genders_swapped,
    with_words_drawn,
    without_tail,
)
from reactions import Reaction, reactions, table

from benchsuite.api import HumanRows

IN_TEXT = {
    "metrics/vocabulary": {"tail removed", "temperature 0.7"},
    "metrics/tail-coverage": {"tail removed", "temperature 0.7"},
    "metrics/self-repetition": {"duplicates"},
    "metrics/self-bleu": {"duplicates"},
    "metrics/vendi-score": {"duplicates", "temperature 0.7"},
}
IN_MODELS = {
    "`metrics/canary-exposure`": "facts corrupted",
    "`metrics/membership-auc`": "duplicates",
}
"""What each sees; both fall."""


@pytest.fixture(scope="module")
def in_text():
    root = Path(os.environ.get("BENCHSUITE_DATA", "nowhere"))
    if not (root / text_subjects.NOVELS).is_dir():
        pytest.skip(f"BENCHSUITE_DATA names no folder with {text_subjects.NOVELS}")
    chosen = [(name, metric) for name, metric in text_subjects.metrics() if name in IN_TEXT]
    rows = text_subjects.novels(root)[:6000]
    values = text_subjects.measured(rows, samples=4, chosen=chosen)
    return reactions(values, text_subjects.DAMAGES)


@pytest.mark.parametrize("name", IN_TEXT)
def test_a_metric_of_text_sees_what_the_table_says(in_text, name):
    for damage in IN_TEXT[name]:
        assert in_text[name][damage].seen, damage


@pytest.fixture(scope="module")
def in_models(corpus):
    """Models of some 30,000 weights on Python's help topics, with planted rows."""
    files = {"name": "corpora/files", "path": str(corpus), "document": "document"}
    planted = trained_subjects.PLANTED | {
        "corpus": files,
        "subjects": 2,
        "most": 8,
        "canary_rows": [24],
        "canaries": 2,
    }
    human = trained_subjects.planted(planted, {"train": 20, "validation": 1, "test": 3}, "topics")
    damages = dict.fromkeys(("duplicates", "facts corrupted"), "undamaged")
    values = trained_subjects.measured(
        HumanRows(human),
        seeds=2,
        budget=8_192,
        amount=64,
        learner={
            "name": "learners/llama",
            "vocabulary": 512,
            "width": 32,
            "layers": 1,
            "feedforward": 64,
            "length": 64,
            "epochs": 4,
            "learning_rate": 0.01,
        },
        wanted=damages,
        chosen=(
            ("canary-exposure", {"candidates": 31}, ("all",)),
            ("membership-auc", {}, ("all",)),
        ),
    )
    return reactions(values, damages)


@pytest.mark.parametrize("name", IN_MODELS)
def test_a_metric_of_models_sees_what_the_table_says(in_models, name):
    reaction = in_models[name][IN_MODELS[name]]
    assert reaction.seen
    assert reaction.change < 0


def test_a_secret_leaks_whatever_else_is_duplicated(in_models):
    assert not in_models["`metrics/canary-exposure`"]["duplicates"].seen


def test_a_reaction_is_the_mean_change_beside_twice_the_spread():
    values = {
        "m": {"undamaged": [1.0, 2.0, 3.0], "worse": [4.0, 4.0, 4.0], "odd": [1.0, None, 2.0]}
    }
    found = reactions(values, {"worse": "undamaged", "odd": "undamaged"})["m"]
    assert found == {"worse": Reaction(2.0, 2.0), "odd": Reaction(None, 2.0)}
    assert not found["worse"].seen
    shown = table({"m": {"worse": Reaction(-3.14, 2.0), "odd": Reaction(None, None)}})
    assert shown.splitlines()[2] == "| m | 2 | **\N{MINUS SIGN}3.1** | no value |"


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
    assert with_words_drawn(
        ["1 is red", "2 is blue"], ["red", "2"], [["green"], ["3"]], source
    ) == [
        "1 is green",
        "3 is blue",
    ]
    assert len(set(with_duplicates([str(i) for i in range(50)], source, of=1))) == 40
    frequent = most_frequent(["a a b b rare other"], 0.5)
    assert frequent == {"a": 2, "b": 2}
    assert set(without_tail(["a Rare, b"], source, frequent)[0]) == set("a, b")
