"""Rows and models for tests of graders."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from benchsuite.api import Context, Scores, Tokens
from benchsuite.lm.device import Device

CONTEXT = Context(3, Device("cpu", "fp32"))


def table(texts, strangers=0):
    """Rows of a regime; the first so many were not made by it."""
    made = [None] * strangers + ["generators/self"] * (len(texts) - strangers)
    return pa.table(
        {"text": pa.array(texts, pa.string()), "generator": pa.array(made, pa.string())}
    )


@dataclass(eq=False)
class Human:
    """Human rows by split, given as lists of texts."""

    train: list = field(default_factory=list)
    test: list = field(default_factory=list)
    out_of_domain: list = field(default_factory=list)

    def __post_init__(self):
        for split in ("train", "test", "out_of_domain"):
            setattr(self, split, pa.table({"text": pa.array(getattr(self, split), pa.string())}))


class Letters:
    """Reads letters, each with the log-probability that a table gives it, whatever stands before.

    `by_pair(prompt, continuation)` says what a continuation is worth.
    """

    def __init__(self, worth=None, by_pair=None):
        self.worth, self.by_pair = worth or {}, by_pair

    def tokens(self, rows):
        texts = rows["text"].to_pylist()
        ids = np.array([ord(letter) for text in texts for letter in text], np.int64)
        return Tokens(ids, np.array([len(text) for text in texts], np.int64))

    def flops(self, tokens):
        return tokens

    def score(self, rows, context):
        each = [
            np.array([self.worth.get(letter, -9.0) for letter in text] + [0.0])
            for text in rows["text"].to_pylist()
        ]
        return Scores([np.zeros(len(row), int) for row in each], each, np.ones(len(each)))

    def score_continuations(self, pairs, context):
        return np.array([self.by_pair(*pair) for pair in pairs])
