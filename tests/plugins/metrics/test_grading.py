"""Metrics of graders, on graders whose judgements are known."""

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_metrics.grader_calibration import calibration_error
from benchsuite_metrics.grading import Grading, statements
from sklearn.metrics import roc_auc_score

from benchsuite.api import AppliedGrader, Context, Device, HumanRows, Subject
from benchsuite.engine.operations.rules import accepted
from benchsuite.plugins.loading import load
from benchsuite.plugins.registry import installed

CONTEXT = Context(0, Device("cpu", "fp32"))
NO_RULE = dict.fromkeys(("best", "threshold", "weight", "resample", "power", "at_most"))
TEXTS = [f"row {n}" for n in range(40)]


def number(text):
    return float(text.split()[1])


def applied(score, rule=None, best="higher", *, probability=False):
    keep = NO_RULE | (rule or {"best": 0.5})
    return AppliedGrader(
        "graders/made-up",
        best,
        probability,
        lambda rows, model: np.array([score(row) for row in rows.to_pylist()]),
        lambda scores, pool, sizes: accepted(scores, pool, sizes, keep, best),
    )


def human(test=TEXTS, **columns):
    return HumanRows(pa.table({"text": test, "split": ["test"] * len(test), **columns}))


def written(texts, **columns):
    return pa.table({"text": texts, "generator": ["generators/self"] * len(texts), **columns})


def subject(*graders, own=TEXTS, others=(), rows=None):
    peers = {"seeds": [written(texts) for texts in others]}
    return Subject(
        human=rows or human(),
        open_model=lambda: None,
        samples=written(own),
        peers=peers,
        graders=graders,
    )


def measured(name, of, **parameters):
    found = load(installed().find("metric", f"metrics/{name}"))
    metric = found(found.parameters_type.model_validate(parameters))
    return {each.slice: each for each in metric.measure(of, CONTEXT)}


def test_the_area_is_that_of_the_scores():
    own = [f"own {n}" for n in range(10, 60)]
    found = measured("grader-auc", subject(applied(lambda row: number(row["text"])), own=own))
    scores = [*map(number, TEXTS), *map(number, own)]
    truth = [1] * len(TEXTS) + [0] * len(own)
    assert set(found) == {"made-up, human"}
    assert found["made-up, human"].value == pytest.approx(roc_auc_score(truth, scores))
    assert found["made-up, human"].n == 90


def test_of_a_grader_whose_best_is_low_the_sign_is_turned():
    own = [f"own {n}" for n in range(10, 60)]
    of = {
        best: measured(
            "grader-auc", subject(applied(lambda row: number(row["text"]), best=best), own=own)
        )["made-up, human"].value
        for best in ("higher", "lower")
    }
    assert of["higher"] + of["lower"] == pytest.approx(1)


def test_rows_that_nobody_may_learn_from_have_no_generator():
    seen = []
    measured(
        "grader-auc",
        subject(applied(lambda row: seen.append(row) or 0.0), own=["own 1"], others=[["other 2"]]),
    )
    assert {row["text"] for row in seen if row["generator"]} == {"own 1"}
    assert {row["text"] for row in seen if not row["generator"]} == {*TEXTS, "other 2"}


def test_rates_are_those_of_the_cut_among_own_rows():
    own = [f"own {n}" for n in range(100)]
    grader = applied(lambda row: number(row["text"]), {"best": 0.25})
    found = measured("grader-rates", subject(grader, own=own))
    assert found["made-up, human: FPR"].value == 0.25
    assert found["made-up, human: TPR"].value == 0.0  # none of 0 to 39 reaches 75
    lower = applied(lambda row: number(row["text"]), {"best": 0.25}, best="lower")
    found = measured("grader-rates", subject(lower, own=own))
    assert found["made-up, human: FPR"].value == 0.25
    assert found["made-up, human: TPR"].value == 25 / 40


def test_rates_of_a_rule_that_draws_are_expected_times():
    own = ["own 1"] * 30 + ["own 2"] * 10
    grader = applied(lambda row: number(row["text"]), {"resample": 2.0})
    found = measured("grader-rates", subject(grader, own=own))
    assert found["made-up, human: FPR"].value == pytest.approx(2.0)
    assert found["made-up, human: TPR"].value == pytest.approx(2 * np.mean(range(40)) / 1.25)


def test_a_grader_that_loves_its_own_prefers_itself():
    twins = [[f"other {n}" for n in range(30)]]
    loves = applied(lambda row: float(row["text"].startswith("own")))
    own = [f"own {n}" for n in range(30)]
    found = measured("grader-self-preference", subject(loves, own=own, others=twins))
    assert found["made-up"].value == 0.5
    fair = applied(lambda row: number(row["text"]))
    found = measured("grader-self-preference", subject(fair, own=own, others=twins))
    assert found["made-up"].value == pytest.approx(0)
    alone = measured("grader-self-preference", subject(fair, own=own))
    assert alone["made-up"].value is None


def test_calibration_is_measured_of_probabilities_alone():
    assert measured("grader-calibration", subject(applied(lambda row: 0.5))) == {}
    sure = applied(lambda row: 1.0 if row["generator"] else 0.0, probability=True)
    assert measured("grader-calibration", subject(sure))["made-up, human"].value == 1.0
    even = applied(lambda row: 0.5, probability=True)
    rows = human([f"row {n}" for n in range(200)])
    found = measured(
        "grader-calibration", subject(even, own=[f"own {n}" for n in range(200)], rows=rows)
    )["made-up, human"]
    assert found.lower <= found.value <= found.upper
    right = applied(lambda row: 0.0 if row["generator"] else 1.0, probability=True)
    assert measured("grader-calibration", subject(right))["made-up, human"].value == 0.0


def test_the_error_of_calibrated_probabilities_shrinks_with_rows():
    random = np.random.default_rng(0)
    for rows, most in ((200, 0.15), (20_000, 0.015)):
        scores = random.random(rows)
        truth = (random.random(rows) < scores).astype(float)
        assert calibration_error(scores, truth) < most
        assert calibration_error(np.clip(scores + 0.2, 0, 1), truth) > 0.12


PLANTED = HumanRows(
    pa.table(
        {
            "text": [
                "Rome is the capital of Italy.",
                "Oslo is the capital of Norway.",
                "row 1",
            ],
            "split": ["train", "train", "test"],
            "subject": ["Italy", "Norway", None],
            "relation": ["capital", "capital", None],
            "object": ["Rome", "Oslo", None],
        }
    )
)


def test_statements_of_a_planted_world_come_true_and_false():
    true, false = statements(PLANTED, Grading())
    assert sorted(true) == ["Oslo is the capital of Norway.", "Rome is the capital of Italy."]
    assert sorted(false) == ["Oslo is the capital of Italy.", "Rome is the capital of Norway."]


def test_a_grader_that_knows_the_world_tells_them_apart():
    knows = applied(lambda row: float(row["text"] in PLANTED.train["text"].to_pylist()))
    found = measured("grader-auc", subject(knows, rows=PLANTED))
    assert found["made-up, facts"].value == 1.0


def test_a_grader_that_stands_twice_is_numbered_and_a_regime_without_has_none():
    grader = applied(lambda row: number(row["text"]))
    found = measured("grader-auc", subject(grader, grader))
    assert set(found) == {"made-up, human", "made-up 2, human"}
    assert measured("grader-auc", subject()) == {}


def test_own_rows_are_good_where_a_grammar_finds_them_true():
    own = ["1 + 1 = 2", "2 + 2 = 5", "nothing", "3 + 4 = 7"]
    verifies = applied(lambda row: float(row["text"] in ("1 + 1 = 2", "3 + 4 = 7")))
    found = measured("grader-auc", subject(verifies, own=own), grammar="arithmetic")
    assert (found["made-up, programme"].value, found["made-up, programme"].n) == (1.0, 4)
    lengthy = applied(lambda row: float(len(row["text"])))
    found = measured("grader-auc", subject(lengthy, own=own), grammar="arithmetic")
    assert found["made-up, programme"].value == 0.75  # letters: 9 and 9 against 9 and 7
