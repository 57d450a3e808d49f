"""How alike models write, against scikit-learn and against simulation."""

import re

import numpy as np
import pytest
from benchsuite_metrics.model_similarity import ModelSimilarity
from sklearn.feature_extraction.text import TfidfVectorizer

from benchsuite.api import Subject


def cosines(first, second, people):
    vectors = TfidfVectorizer(analyzer=re.compile(r"[^\W\d_]+").findall).fit(people)
    return (vectors.transform(first) @ vectors.transform(second).T).toarray()


def test_cosines_are_those_of_scikit_learn(measure, human, prose, table):
    people = human(prose(0), prose(1, rows=20), prose(2, rows=25))
    own, near, far = prose(3, rows=30), prose(4, rows=40), prose(5, rows=20, exponent=0.2)
    train = people.train["text"].to_pylist()
    subject = Subject(
        people,
        samples=table([*own, "zz unknown", ""]),
        peers={"seeds": [table(near), table(far)], "regimes": [table(far)]},
    )
    found = measure(ModelSimilarity, subject)
    own = [*own, "zz unknown", ""]
    assert found["seeds"].value == pytest.approx(cosines(own, near + far, train).mean())
    assert found["regimes"].value == pytest.approx(cosines(own, far, train).mean())
    held = prose(1, rows=20) + prose(2, rows=25)
    every = cosines(held, held, train)
    floor = every[~np.eye(len(held), dtype=bool)].mean()
    assert found["human"].value == pytest.approx(floor)
    assert found["seeds gap"].value == pytest.approx(found["seeds"].value - floor)
    mine = cosines(own, own, train)
    assert found["within"].value == pytest.approx(mine[~np.eye(len(own), dtype=bool)].mean())


def test_the_interval_between_models_covers(measure, human, prose, table):
    people = human(prose(0), prose(1), prose(2))
    values, margins = [], []
    for seed in range(60):
        samples, other = prose(100 + seed, rows=40), prose(300 + seed, rows=40)
        found = measure(
            ModelSimilarity,
            Subject(people, samples=table(samples), peers={"seeds": [table(other)]}),
        )["seeds"]
        values.append(found.value)
        margins.append(found.upper - found.value)
    ratio = 2.02 * np.std(values, ddof=1) / np.mean(margins)
    assert 0.7 < ratio < 1.4


def test_models_that_say_one_thing_are_alike_and_foreign_text_is_not(measure, human, prose, table):
    people = human(prose(0), prose(1), prose(2))
    same = table(["aa ab ac"] * 10)
    found = measure(ModelSimilarity, Subject(people, samples=same, peers={"seeds": [same]}))
    assert found["seeds"].value == pytest.approx(1)
    assert found["within"].value == pytest.approx(1)
    assert found["seeds gap"].value > 0.3
    assert found["regimes"].value is None
    other = table(["другое слово"] * 3)
    found = measure(ModelSimilarity, Subject(people, samples=other, peers={"seeds": [same]}))
    assert found["seeds"].value == 0
