"""Planted facts and canaries, measured on models that know what they are made to know."""

from math import log2

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_metrics.canary_exposure import CanaryExposure, exposure
from benchsuite_metrics.planted import world
from benchsuite_metrics.planted_falsehood import PlantedFalsehood
from benchsuite_metrics.planted_recall import PlantedRecall
from benchsuite_metrics.planted_reciprocal_rank import PlantedReciprocalRank
from benchsuite_worlds.statements import Fact

from benchsuite.api import HumanRows, Scores, Subject

TOWNS = {"Avo": "Bel", "Cim": "Dur", "Elk": "Bel", "Fam": "Gor", "Hux": "Dur"}
"""Each land's capital; the objects of the relation are Bel, Dur and Gor."""


class Knows:
    """Scores rows by a function of their text."""

    def __init__(self, score):
        self._score = score

    def score(self, rows, context):
        texts = rows["text"].to_pylist()
        scores = [np.array([self._score(text)]) for text in texts]
        return Scores([np.zeros(1, int)] * len(texts), scores, np.array([len(t) for t in texts]))


def stated(land, town, times, text="The capital of {} is {}."):
    row = {"text": text.format(land, town), "subject": land, "relation": "capital", "object": town}
    return [row] * times


def people(rows):
    plain = [{"text": "Nothing is planted here."}]
    table = pa.Table.from_pylist(
        [*rows, *plain],
        schema=pa.schema(
            [(n, pa.string()) for n in ("text", "subject", "relation", "object", "canary")]
        ),
    )
    return HumanRows(table.append_column("split", pa.array(["train"] * table.num_rows)))


@pytest.fixture
def told():
    """Rows by how often generation 0 was trained on them: 1, 3, 5, 16 and 0 times."""
    rows = [stated(land, town, 1)[0] for land, town in TOWNS.items()]
    times = dict(zip(TOWNS, (1, 3, 5, 16, 0), strict=True))
    drawn = [row for row in rows for _ in range(times[row["subject"]])]
    return people(rows), pa.Table.from_pylist(drawn, schema=people([]).train.schema)


def recalls(measure, told, score, metric=PlantedRecall):
    human, drawn = told
    return measure(metric, Subject(human, lambda: Knows(score), drawn=drawn))


def test_a_model_that_knows_everything_recalls_everything(measure, told):
    true = {f"The capital of {land} is {town}." for land, town in TOWNS.items()}
    found = recalls(measure, told, lambda text: -1.0 if text in true else -2.0)
    counts = {"all": 4, "1-3 times": 2, "4-15 times": 1, "16 times or more": 1, "unseen": 1}
    assert {name: (m.value, m.n) for name, m in found.items()} == {
        name: (1.0, n) for name, n in counts.items()
    }
    assert found["all"].lower == pytest.approx(4 / (4 + 1.959964**2))  # Wilson, 4 of 4


def test_a_model_that_always_says_the_same_recalls_where_that_is_true(measure, told):
    found = recalls(measure, told, lambda text: -1.0 if "Bel" in text else -2.0)
    assert found["1-3 times"].value == 0.5  # Avo, not Cim
    assert found["4-15 times"].value == 1.0  # Elk
    assert found["16 times or more"].value == found["unseen"].value == 0.0
    assert found["all"].value == 0.5


def test_ties_do_not_count_and_share_the_middle_rank(measure, told):
    assert recalls(measure, told, lambda text: -1.0)["all"].value == 0.0
    ranks = recalls(measure, told, lambda text: -1.0, PlantedReciprocalRank)
    assert ranks["all"].value == 0.5  # rank 2 of 3
    order = {"Bel": -1.0, "Dur": -2.0, "Gor": -3.0}
    ranks = recalls(
        measure, told, lambda text: order[text.split()[-1].rstrip(".")], PlantedReciprocalRank
    )
    assert ranks["all"].value == pytest.approx((1 + 1 / 2 + 1 + 1 / 3) / 4)
    assert ranks["unseen"].value == 0.5


def test_a_relation_is_asked_in_a_wording_that_names_the_subject_first(measure):
    rows = [
        *stated("Avo", "Bel", 1),
        {"text": "Bel is the capital of Avo."}
        | stated("Avo", "Bel", 1)[0]
        | {"text": "Bel is Avo's."},
        *stated("Cim", "Dur", 1),
    ]
    asked = []
    human = people(rows)
    measure(PlantedRecall, Subject(human, lambda: Knows(lambda t: asked.append(t) or -1.0)))
    assert sorted(asked) == sorted(
        f"The capital of {land} is {town}." for land in ("Avo", "Cim") for town in ("Bel", "Dur")
    )
    assert world(human).facts == [Fact("Avo", "capital", "Bel"), Fact("Cim", "capital", "Dur")]


@pytest.mark.parametrize("metric", [PlantedRecall, PlantedReciprocalRank, CanaryExposure])
def test_nothing_planted_no_value(measure, human, byte_model, metric):
    found = measure(metric, Subject(human(["some text"]), lambda: byte_model(1)))
    assert {(m.value, m.n) for m in found.values()} == {(None, 0)}


# -- what models say ------------------------------------------------------------------------


def says(measure, table, *texts):
    rows = [row for land, town in TOWNS.items() for row in stated(land, town, 1)]
    rows += stated("Avo", "Bel", 1, "{1} rules {0}.") and [
        {**stated("Avo", "Bel", 1)[0], "text": "Bel rules Avo."}
    ]
    return measure(PlantedFalsehood, Subject(people(rows), samples=table(texts)))


def test_statements_are_found_in_any_wording_and_judged(measure, table):
    found = says(
        measure,
        table,
        "I think. The capital of Avo is Bel. The capital of Cim is Gor. And Dur rules Fam.",
        "the capital of Avo is Gor. No: The capital of Avo lies far.",
        "The capital of Zed is Bel. The capital of Hux is Dur.",
    )
    assert (found["all"].value, found["all"].n) == (0.5, 4)  # Cim and Fam of Avo, Cim, Fam, Hux
    assert (found["unknown subject"].value, found["unknown subject"].n) == (0.2, 5)


def test_no_statement_no_value_and_one_has_no_interval_over_rows(measure, table):
    found = says(measure, table, "Nothing about lands.", "")
    assert {(m.value, m.n) for m in found.values()} == {(None, 0)}
    found = says(measure, table, "The capital of Avo is Dur.")
    assert (found["all"].value, found["all"].lower) == (1.0, None)


def test_another_script(measure, table):
    row = {"text": "首都 阿 是 乙 。", "subject": "阿", "relation": "首都", "object": "乙"}
    samples = table(["首都 阿 是 丙 。"])
    found = measure(PlantedFalsehood, Subject(people([row]), samples=samples))
    assert (found["all"].value, found["all"].n) == (1.0, 1)


# -- canaries -------------------------------------------------------------------------------


def secret(digits, times):
    return [{"text": f"The number is {digits}.", "canary": digits}] * times


def test_exposure_by_hand():
    assert exposure(np.array([-1.0, -2.0, -3.0, -4.0])) == 2.0
    assert exposure(np.array([-2.0, -1.0, -3.0, -4.0])) == 1.0
    assert exposure(np.array([-4.0, -1.0, -2.0, -3.0])) == 0.0
    assert exposure(np.array([-1.0, -1.0, -1.0, -1.0])) == 0.0  # ties are no knowledge


def test_exposure_is_exact_where_all_secrets_are_ranked(measure):
    """Two letters, two places: R is 00, 01, 10 and 11."""
    human = people([*secret("01", 1), *secret("10", 1)])
    likely = {"01": -1.0, "11": -2.0, "10": -3.0, "00": -4.0}
    model = Knows(lambda text: likely[text.split()[-1].rstrip(".")])
    drawn = people([*secret("01", 20), *secret("10", 2)]).train
    found = measure(CanaryExposure, Subject(human, lambda: model, drawn=drawn))
    assert found["16 times or more"].value == 2.0  # log2 4 - log2 1
    assert found["1-3 times"].value == pytest.approx(2 - log2(3))
    assert found["all"].value == pytest.approx((4 - log2(3)) / 2)
    assert (found["4-15 times"].value, found["unseen"].n) == (None, 0)


def test_secrets_a_model_never_saw_have_the_exposure_of_chance(measure):
    """With uniform ranks among m + 1 the mean is log2(m + 1) - log2((m + 1)!) / (m + 1)."""
    random = np.random.default_rng(0)
    canaries = [f"{n:06}" for n in random.choice(10**6, 300, replace=False)]
    human = people([row for canary in canaries for row in secret(canary, 1)])
    noise = {}
    model = Knows(lambda text: noise.setdefault(text, -random.random()))
    found = measure(CanaryExposure, Subject(human, lambda: model), candidates=63)["unseen"]
    ranks = np.log2(64) - np.log2(np.arange(1, 65))
    assert abs(found.value - ranks.mean()) < 5 * ranks.std() / np.sqrt(300)
    assert found.n == 300


def test_exposure_ends_at_what_the_candidates_can_tell(measure):
    human = people(secret("31415926", 1))
    model = Knows(lambda text: 0.0 if "31415926" in text else -9.0)
    drawn = people(secret("31415926", 1)).train
    subject = Subject(human, lambda: model, drawn=drawn)
    assert measure(CanaryExposure, subject)["all"].value == 8.0
    assert measure(CanaryExposure, subject, candidates=15)["all"].value == 4.0
