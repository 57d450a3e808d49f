"""Samples of the current model: as many models at once as are asked."""

import logging

import pyarrow as pa
import pytest
from benchsuite_generators.self_samples import SelfSamples

from benchsuite.api import (
    Context,
    Decoding,
    GenerationRequest,
    HumanRows,
    Model,
    Parameters,
    SampleRequest,
)

HUMAN = HumanRows(pa.table({"split": ["train"]}))
DECODING = Decoding(temperature=0.5)


class Repeats(Model):
    """Writes one word; fails where it has none."""

    at_once = ()

    def __init__(self, word):
        self.word = word

    def sample(self, request, context):
        if self.word is None:
            raise ZeroDivisionError("division by zero")
        assert request == SampleRequest(request.amount, "rows", DECODING)
        return pa.table({"text": [f"{self.word} {context.seed}"] * request.amount})

    @classmethod
    def sample_all(cls, models, requests, contexts):
        cls.at_once = (*cls.at_once, len(models))
        return super().sample_all(models, requests, contexts)

    def score(self, rows, context):
        raise NotImplementedError

    def score_continuations(self, pairs, context):
        raise NotImplementedError


class OtherRepeats(Repeats):
    pass


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch):
    monkeypatch.setattr(Repeats, "at_once", ())


def made(*models):
    """Texts by model, or its exception; model i is asked for i + 1 rows with seed i."""
    requests = [GenerationRequest(m, HUMAN, i + 1, "rows", DECODING) for i, m in enumerate(models)]
    contexts = [Context(i, device=None) for i in range(len(models))]
    tables = SelfSamples(Parameters()).generate_all(requests, contexts)
    return [t if isinstance(t, Exception) else t["text"].to_pylist() for t in tables]


def test_models_of_one_class_sample_at_once():
    assert made(Repeats("a"), Repeats("b"), Repeats("c")) == [["a 0"], ["b 1"] * 2, ["c 2"] * 3]
    assert Repeats.at_once == (3,)


def test_one_model_and_models_of_two_classes_sample_by_themselves():
    assert made() == []
    assert made(Repeats("a")) == [["a 0"]]
    assert made(Repeats("a"), OtherRepeats("b")) == [["a 0"], ["b 1"] * 2]
    assert Repeats.at_once == OtherRepeats.at_once == ()


def test_one_that_fails_fails_alone_and_it_is_said(caplog):
    with caplog.at_level(logging.WARNING):
        first, failure, last = made(Repeats("a"), Repeats(None), Repeats("c"))
    assert (first, last) == (["a 0"], ["c 2"] * 3)
    assert isinstance(failure, ZeroDivisionError)
    (warning,) = caplog.messages
    assert warning == (
        "Sampling from 3 models at once failed (ZeroDivisionError: division by zero); "
        "they sample one after the other."
    )
