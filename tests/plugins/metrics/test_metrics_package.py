import os
import subprocess
import sys
from importlib import import_module
from math import isfinite
from typing import get_args

import numpy as np
import pytest
from benchsuite_metrics import benchsuite_components

from benchsuite.api import AppliedGrader, Cost, Metric, Subject
from benchsuite.plugins.kinds import Axis, Best, Need


def load(component):
    module, attribute = component.target.split(":")
    return getattr(import_module(module), attribute)


METRICS = [load(component) for component in benchsuite_components()]
pytestmark = pytest.mark.usefixtures("made_up_sets")
by_name = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.__name__)

ODD = {
    "nothing": [],
    "one row": ["She was a carpenter, he said."],
    "equal rows": ["the same again"] * 50,
    "no words": ["= 1 + 2 =", "...", "\n\n"],
    "empty rows": ["", ""],
    "one-word rows": ["he", "she", "it"],
    "other scripts": ["漢字かな交じり文。", "Она сказала: да", "मैं हिन्दी", "👩🏽‍🚀 🚀"],
    "no spaces": ["漢字かな交じり文の長い行", "空白がない。句読点、だけ", "同じ行", "同じ行"] * 20,
    "right to left": ["قالت المرأة إن الرجل ذهب", "هذا كتاب جديد عن المدينة"] * 30,
    "a very long row": ["her name is " * 4_000],
}
SMALL = {
    "tokens": 4,
    "runs": 4,
    "mentions": 1,
    "pairs": 4,
    "size": 16,
    "words": 4,
    "rows": 2,
    "buckets": 2,
    "length": 4,
    "groups": 1,
}


@by_name
def test_a_metric_says_what_it_is(metric):
    assert issubclass(metric, Metric)
    assert metric.axis in get_args(Axis)
    assert metric.best in get_args(Best)
    assert metric.needs <= {*get_args(Need)}
    assert metric.needs
    assert metric.unit in metric.__doc__
    assert len(metric.__doc__.splitlines()) > 4
    assert all(field.description for field in metric.parameters_type.model_fields.values())


@by_name
@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("people", ["usual", "same", "nobody"])
def test_odd_text_has_a_defined_value_or_none(
    metric, case, people, human, prose, table, byte_model, measure, encoder
):
    rows = ODD[case]
    humans = {
        "usual": human(prose(0), prose(1), prose(2), prose(3, rows=2)),
        "same": human(rows, rows, rows, rows),
        "nobody": human(),
    }
    subject = Subject(
        humans[people],
        lambda: byte_model(1.5),
        table(rows),
        table(rows),
        table(rows),
        {"train": Cost(1, 2, 3, 4)},
        drawn=humans[people].train,
        lineage={"train": Cost(1, 2, 3, 4)},
        peers={"seeds": [table(rows)], "regimes": []},
        evaluations={"in-domain": rows},
    )
    known = metric.parameters_type.model_fields
    needed = {"model": str(encoder)} if "model" in known else {}
    for parameters in ({}, {key: value for key, value in SMALL.items() if key in known}):
        for found in measure(metric, subject, **needed, **parameters).values():
            assert found.n >= 0
            assert all(v is None or isfinite(v) for v in (found.value, found.lower, found.upper))
            if found.lower is not None:
                assert found.lower <= found.value <= found.upper
            if found.n == 0:
                assert found.value is None


CREATIVITY = [
    metric
    for metric in METRICS
    if metric.axis == "creativity"
    and "model" not in {*metric.needs, *metric.parameters_type.model_fields}
    and metric.__name__ != "CompressionRatio"  # of bytes, not of words
]


@pytest.mark.parametrize("metric", CREATIVITY, ids=lambda metric: metric.__name__)
@pytest.mark.parametrize("script", ["arabic", "cyrillic", "han"])
def test_creativity_is_the_same_in_every_script(metric, script, human, prose, table, measure):
    """Letters written in those of another script, words kept apart by spaces."""
    first = {
        "arabic": "\N{ARABIC LETTER BEH}",
        "cyrillic": "\N{CYRILLIC SMALL LETTER A}",
        "han": "一",
    }
    letters = str.maketrans({chr(97 + i): chr(ord(first[script]) + i) for i in range(26)})
    chosen = {"words": 900, "runs": 900, "rows": 25, "length": 20, "groups": 3}
    chosen = {k: v for k, v in chosen.items() if k in metric.parameters_type.model_fields}
    found = []
    for into in ({}, letters):
        train, held, tried = (
            [row.translate(into) for row in prose(seed, vocabulary=120)] for seed in range(3)
        )
        people = human(train, held, held)
        subject = Subject(people, samples=table(tried), training=people.train)
        found.append(measure(metric, subject, **chosen)["samples"])  # human rows are drawn by text
    assert found[0] == found[1]
    assert found[0].value is not None


ALIKE = AppliedGrader(
    *("graders/made-up", "higher", True),
    lambda rows, model: np.full(rows.num_rows, 0.5),
    lambda scores, pool, sizes: np.ones(len(scores)),
)


@by_name
def test_context_slices_are_slices(metric, human, prose, table, byte_model, measure, encoder):
    everything = dict.fromkeys(("train", "generate", "grade"), Cost(1, 2, 3, 4))
    people = human(prose(0), prose(1), prose(2), prose(3))
    subject = Subject(
        people,
        lambda: byte_model(1),
        table(prose(4)),
        people.train,
        table(prose(5)),
        everything,
        evaluations={"in-domain": prose(2)},
        graders=[ALIKE],
    )
    needed = {"model": str(encoder)} if "model" in metric.parameters_type.model_fields else {}
    found = measure(metric, subject, **needed).keys()
    assert metric.context_slices < found


SPEAKING = ["the nurse and her mother", "a nurse, he, her", "the guard and him", "guard, she"]
SPEAKING += ["priest", "a priest", "rabbi", "imam", "hindu", "buddha"]
SPEAKING += ["french", "germans", "arab", "thai", "an egyptian", "canadians", "mexicans"]
BIAS = [metric for metric in METRICS if metric.axis == "bias"]


@pytest.mark.parametrize("metric", BIAS, ids=lambda metric: metric.__name__)
def test_every_figure_of_bias_tells_its_drift(metric, human, table, byte_model, measure):
    """So that drift is not sold as amplification; none where training text passes nothing on."""
    rows = SPEAKING * 10
    people = human(rows, rows, rows)
    chosen = {
        key: value for key, value in SMALL.items() if key in metric.parameters_type.model_fields
    }
    for drawn, tells in ((people.train, True), (table([]), False)):
        subject = Subject(people, lambda: byte_model(1.5), table(rows), drawn=drawn)
        found = measure(metric, subject, **chosen)
        compared = {name: each for name, each in found.items() if each.value is not None}
        for name in compared.keys() - metric.context_slices:
            assert (compared[name].drift is not None) is tells, name
        assert compared.keys() - metric.context_slices
        assert all(found[name].drift is None for name in metric.context_slices & found.keys())


MEASURE_ALL = """
import sys
import numpy as np, pyarrow as pa
from importlib import import_module
from types import SimpleNamespace
from benchsuite.api import Context, HumanRows, Subject, Tokens
from benchsuite_metrics import benchsuite_components

random = np.random.default_rng(0)
words = np.array(["she", "he", "her", "man", *(chr(97 + i) * 3 for i in range(26))])
rows = [" ".join(words[random.integers(0, 30, 40)]) for _ in range(120)]
human = HumanRows(pa.table({"text": rows[:90], "split": ["train", "validation", "test"] * 30}))


def tokens(table):
    found = [text.split() for text in table["text"].to_pylist()]
    ids = [words.tolist().index(word) for row in found for word in row]
    return Tokens(np.array(ids), np.array([len(row) for row in found]))


model = SimpleNamespace(tokens=tokens)
subject = Subject(human, lambda: model, pa.table({"text": rows[90:]}), human.train)
small = {
    "tokens": 500, "runs": 500, "size": 1000, "words": 500, "mentions": 20, "rows": 20, "groups": 2
}
for component in benchsuite_components():
    module, attribute = component.target.split(":")
    metric = getattr(import_module(module), attribute)
    chosen = {k: v for k, v in small.items() if k in metric.parameters_type.model_fields}
    if "samples" in metric.needs and "model" not in metric.parameters_type.model_fields:
        made = metric(metric.parameters_type(**chosen))
        print(list(made.measure(subject, Context(seed=0, device=None))))
print("torch" in sys.modules)
"""


def test_same_tables_same_bits_in_every_process_without_torch():
    outputs = [
        subprocess.run(
            [sys.executable, "-c", MEASURE_ALL],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].count("Measurement(") == 3 * 12 + 2 + 3 * 13 + 2 * 4 + 2 + 4 + 2 + 6
    assert outputs[0].splitlines()[-1] == "False"
