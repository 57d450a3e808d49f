"""How likely the last word of a passage is, which takes the whole passage to guess: LAMBADA."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject, dataset
from benchsuite_metrics.intervals import Estimate, mean
from benchsuite_metrics.words import texts

DATA = "generalization/lambada"


class LambadaParameters(Parameters):
    """How much of the set is read."""

    passages: int | None = Field(
        None, ge=1, description="How many passages, the first ones; by default all 5,153."
    )


class Passages(NamedTuple):
    """Passages without their last word, with it, and the last word alone, each after a space."""

    contexts: pa.Table
    whole: pa.Table
    words: pa.Table


class Lambada(Metric[LambadaParameters]):
    """Mean loss of the last word of passages that a person guesses from the whole passage alone.

    -log p(last word | passage), natural log, summed over the word's tokens and averaged over
    passages. The word's tokens are what follows the passage's in the tokens of both together,
    the row's end left out, as lm-eval has it: exp(`all`) is the `perplexity` of its
    `lambada_openai`, if that puts the boundary before a passage, too. Passages are left out, and
    `n` is smaller, where the passage's tokens are no beginning of the tokens of both; of a
    tokenizer that cuts at spaces there are none. In a passage longer than the model's context,
    half a context at least is read. Slices: `all`; beside it `without passage`, the loss of the
    words alone. Unit: nats/word. n: passages. Interval: Student's t over passages. Source:
    Paperno et al., ACL 2016, arXiv:1606.06031, in OpenAI's version.

    There is no chance level: `without passage` is what is left of a model that uses nothing of
    what it reads; where `all` is not below it, nothing is read. Accuracy is not given, since
    small models have next to none.
    """

    parameters_type = LambadaParameters
    axis = "generalization"
    unit = "nats/word"
    best = "lower"
    needs = frozenset({"model"})
    data = (DATA,)
    context_slices = frozenset({"without passage"})

    def evaluated(self, human: HumanRows) -> dict[str, list[str]]:
        """Return the passages with their last words."""
        return {DATA: texts(_passages(dataset(DATA).digest, self.parameters.passages).whole)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score passages with their last words, and the words alone, each in one table."""
        passages = _passages(dataset(DATA).digest, self.parameters.passages)
        ids, lengths = subject.model.tokens(passages.contexts)
        starts = np.split(ids, np.cumsum(lengths)[:-1]) if len(lengths) else []
        return [
            _loss(passages.whole, starts, subject, context).named("all"),
            _loss(passages.words, [ids[:0]] * len(starts), subject, context).named(
                "without passage"
            ),
        ]


def _loss(rows: pa.Table, starts: list[np.ndarray], subject: Subject, context: Context) -> Estimate:
    """Return the mean loss of what follows each row's start (token ids)."""
    scores = subject.score(rows, context)
    losses = [
        -float(np.sum(found[len(start) : -1], dtype=np.float64))
        for start, row, found in zip(starts, scores.tokens, scores.log_probabilities, strict=True)
        if len(start) < len(row) - 1 and np.array_equal(row[: len(start)], start)
    ]
    return mean(np.array(losses))


@lru_cache(maxsize=1)
def _passages(_digest: str, count: int | None) -> Passages:
    lines = dataset(DATA).read("lambada_openai.jsonl").splitlines()
    found = [json.loads(line) for line in islice(lines, count)]
    contexts = [passage["context"] for passage in found]
    words = [f" {passage['continuation']}" for passage in found]
    whole = [context + word for context, word in zip(contexts, words, strict=True)]
    return Passages(
        *(pa.table({"text": pa.array(t, pa.string())}) for t in (contexts, whole, words))
    )
