"""Facts of Wikidata asked of models that know what they are made to know."""

import json
import os

import numpy as np
import pytest
from benchsuite_metrics import wikidata_cloze
from benchsuite_metrics.wikidata_cloze import WikidataCloze

from benchsuite.api import Scores, Subject

LANDS = ["Oslo", "Rome", "Bern", "Kiev", "Riga", "Bonn"]


class Made:
    """A set of six facts of one relation, two of which begin alike, and one of another."""

    digest = "made"

    def read(self, file):
        assert file == "bigbench_qa_wikidata.jsonl"
        pairs = [(f"The capital of land {i // 2} is", town) for i, town in enumerate(LANDS)]
        pairs.append(("Zed is made of", "wood"))
        lines = [json.dumps({"context": a, "continuation": b}) for a, b in pairs]
        return "\n".join(lines).encode()


class Knows:
    def __init__(self, score):
        self._score = score

    def score(self, rows, context):
        scores = [np.array([self._score(text)]) for text in rows["text"].to_pylist()]
        empty = np.zeros(len(scores), int)
        return Scores([np.zeros(1, int)] * len(scores), scores, empty)


@pytest.fixture
def made(monkeypatch):
    monkeypatch.setattr(wikidata_cloze, "dataset", lambda name: Made())
    wikidata_cloze._asked.cache_clear()
    yield
    wikidata_cloze._asked.cache_clear()


def true(text):
    town = text.split()[-1]
    return town in LANDS and f"land {LANDS.index(town) // 2} " in text


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("score", "share"),
    [
        (lambda text: 1.0 if true(text) else 0.0, 1.0),
        (lambda text: 0.0 if true(text) else 1.0, 0.0),
        (lambda text: 1.0, 0.0),  # a tie is no knowledge
        (lambda text: 1.0 if "Oslo" in text else 0.0, 1 / 6),
    ],
)
def test_what_a_model_knows(measure, human, score, share):
    (found,) = measure(WikidataCloze, Subject(human(), lambda: Knows(score))).values()
    assert (found.value, found.n) == (pytest.approx(share), 6)  # `wood` has no three others


@pytest.mark.usefixtures("made")
def test_others_are_of_the_relation_and_not_true(human):
    metric = WikidataCloze(WikidataCloze.parameters_type())
    asked = wikidata_cloze._asked("made", metric.parameters)["text"].to_pylist()
    for question in range(6):
        own, *others = asked[4 * question : 4 * question + 4]
        assert true(own)
        assert len({own, *others}) == 4
        assert not any(true(other) for other in others)
    assert metric.evaluated(human()) == {"facts/world_knowledge": asked[::4]}


@pytest.mark.usefixtures("made")
def test_no_more_questions_than_asked_for(measure, human):
    (found,) = measure(WikidataCloze, Subject(human(), lambda: Knows(true)), questions=2).values()
    assert found.n == 2


@pytest.mark.skipif("BENCHSUITE_DATA" not in os.environ, reason="BENCHSUITE_DATA names no folder")
def test_on_the_published_set_a_model_that_knows_nothing_is_at_chance(measure, human):
    random = np.random.default_rng(0)
    subject = Subject(human(), lambda: Knows(lambda text: random.random()))
    (found,) = measure(WikidataCloze, subject).values()
    assert found.n == 1000
    assert abs(found.value - WikidataCloze.chance) < 5 * (0.25 * 0.75 / 1000) ** 0.5
