"""Models measured at once: what they score together is what each scores by itself."""

import logging

import numpy as np
import pyarrow as pa
import pytest

from benchsuite.api import Context, HumanRows, Model, Scores, Subject
from benchsuite.plugins.kinds import Panel

CONTEXT = Context(seed=0, device=None)
ROWS, OTHERS = pa.table({"text": ["a", "bc"]}), pa.table({"text": ["d"]})


class Flat(Model):
    """Every token costs `loss` nats; models at once note how many they are."""

    together = ()

    def __init__(self, loss):
        self.loss, self.scored = loss, []

    def sample(self, request, context):
        raise NotImplementedError

    def score(self, rows, context):
        if self.loss is None:
            raise ZeroDivisionError("division by zero")
        self.scored.append(id(rows))
        each = [np.full(len(text), -self.loss) for text in rows["text"].to_pylist()]
        return Scores([np.zeros(len(row), int) for row in each], each, np.ones(len(each)))

    @classmethod
    def score_all(cls, models, rows, context):
        cls.together = (*cls.together, len(models))
        return super().score_all(models, rows, context)

    def score_continuations(self, pairs, context):
        raise NotImplementedError


class OtherFlat(Flat):
    pass


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch):
    monkeypatch.setattr(Flat, "together", ())


def panel(*models):
    return Panel([lambda model=model: model for model in models])


def totals(made, places, rows=ROWS):
    return [made.score(place, rows, CONTEXT).totals.tolist() for place in places]


def test_a_table_is_scored_once_by_all():
    models = [Flat(1.0), Flat(2.0), Flat(3.0)]
    made = panel(*models)
    for _ in range(2):
        assert totals(made, (2, 0, 1)) == [[-3, -6], [-1, -2], [-2, -4]]
        assert totals(made, (1, 0), OTHERS) == [[-2], [-1]]
    assert Flat.together == (3, 3)
    assert [model.scored for model in models] == [[id(ROWS), id(OTHERS)]] * 3


def test_one_model_scores_by_itself():
    assert totals(panel(Flat(2.0)), (0,)) == [[-2, -4]]
    assert Flat.together == ()


def test_models_of_two_classes_score_by_themselves():
    assert totals(panel(Flat(1.0), OtherFlat(2.0)), (1, 0)) == [[-2, -4], [-1, -2]]
    assert Flat.together == OtherFlat.together == ()


@pytest.mark.parametrize("broken", ["score", "open"])
def test_one_that_fails_fails_alone_and_it_is_said(caplog, broken):
    def opens():
        if broken == "open":
            raise ZeroDivisionError("division by zero")
        return Flat(None)

    made = Panel([lambda: Flat(1.0), opens, lambda: Flat(3.0)])
    with caplog.at_level(logging.WARNING):
        assert totals(made, (2, 0)) == [[-3, -6], [-1, -2]]
        with pytest.raises(ZeroDivisionError):
            totals(made, (1,))
    (warning,) = caplog.messages
    assert warning == (
        "Scoring with 3 models at once failed (ZeroDivisionError: division by zero); "
        "they score one after the other."
    )


def test_a_subject_asks_its_panel_and_else_its_model():
    human = HumanRows(pa.table({"split": ["test"]}))
    alone = Subject(human, lambda: Flat(5.0))
    assert alone.score(ROWS, CONTEXT).totals.tolist() == [-5, -10]
    asked = Subject(human, lambda: Flat(5.0), scorer=lambda rows, context: (rows, context))
    assert asked.score(ROWS, CONTEXT) == (ROWS, CONTEXT)
    with pytest.raises(LookupError, match="must list `model` in its needs"):
        Subject(human).score(ROWS, CONTEXT)
