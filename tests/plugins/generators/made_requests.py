"""Requests of generators whose rows come from elsewhere."""

import numpy as np

from benchsuite.api import Context, Decoding, GenerationRequest, Tokens
from benchsuite.lm.device import Device


class Words:
    """A model that only counts: a word is a token."""

    def tokens(self, rows):
        lengths = np.array([len(text.split()) for text in rows["text"].to_pylist()])
        return Tokens(np.zeros(lengths.sum(), int), lengths)


def request(amount, unit="rows"):
    return GenerationRequest(Words(), None, amount, unit, Decoding())


def context(seed=0):
    return Context(seed, Device("cpu", "fp32"))
