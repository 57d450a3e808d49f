"""Questions of one kind, and the texts that answer them."""

from benchsuite_endpoints.client import ask
from benchsuite_endpoints.questions import question

from benchsuite.api import Decoding


def questions(parameters, count, seed=7, length=20):
    asked = [f"question {i}" for i in range(count)]
    return [
        question(parameters, text, length, Decoding(), (seed, i)) for i, text in enumerate(asked)
    ]


def texts(parameters, count, **changes):
    return [answer.text for answer in ask(parameters, questions(parameters, count, **changes))]
