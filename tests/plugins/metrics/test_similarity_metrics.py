"""How alike models write, against scikit-learn and against simulation."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from benchsuite_metrics.model_similarity import ModelSimilarity
from benchsuite_metrics.other_families import rows_of
from sklearn.feature_extraction.text import TfidfVectorizer

from benchsuite.api import Subject, UserError


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


@pytest.fixture
def family(tmp_path):
    """A file of rows of another family's models; gives a function that writes it."""

    def write(rows, name="family.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps({"text": row}) + "\n" for row in rows))
        return {"other": str(path)}

    return write


def test_models_of_other_families_are_read_from_files(measure, human, prose, table, family):
    people = human(prose(0), prose(1), prose(2))
    subject = Subject(people, samples=table(prose(3)), peers={"seeds": [table(prose(4))]})
    found = measure(ModelSimilarity, subject, families=family(prose(4)))
    assert found["families gap"] == replace(found["seeds gap"], slice="families gap")
    assert "families gap" not in measure(ModelSimilarity, subject)


def test_files_of_families_are_part_of_the_identity_and_checked(family, prose, tmp_path):
    def made(families):
        return ModelSimilarity(ModelSimilarity.parameters_type(families=families))

    first = made(family(prose(1))).fingerprint()
    assert first not in (made(family(prose(2))).fingerprint(), made({}).fingerprint())
    assert made({}).fingerprint() == ""
    with pytest.raises(UserError, match="cannot be read: No such file"):
        made({"other": str(tmp_path / "none.jsonl")}).fingerprint()
    for families, said in (
        (family([], "empty.jsonl"), "holds no rows with text"),
        ({"other": "rows.txt"}, r"does not end in \.jsonl"),
    ):
        with pytest.raises(UserError, match=said):
            rows_of(families["other"])
