"""Passages of novels and their damages, for metrics that read samples and no model."""

import random
from collections import defaultdict
from functools import partial

import numpy as np
import pyarrow as pa
from damage import (
    Bigrams,
    most_frequent,
    with_duplicates,
    with_facts_corrupted,
    with_genders_swapped,
    without_tail,
)

from benchsuite.api import Context, Device, HumanRows, Subject, Tokens, make_part
from benchsuite.plugins.loading import load
from benchsuite.plugins.registry import installed

NOVELS = "human/gutenberg"
AXES = ("creativity", "bias")
LENGTH = 80  # words a row
ROWS = 500  # rows a sample
SAMPLES = 8
KEPT = 0.5  # of the words, where the tail is removed
PARAMETERS = {
    "tokens": 30_000,
    "words": 30_000,
    "runs": 30_000,
    "size": 131_072,
    "rows": 400,
    "length": 40,
    "groups": 40,
}
DAMAGES = {
    "tail removed": "undamaged",
    "duplicates": "undamaged",
    "temperature 0.7": "temperature 1",
    "genders swapped": "undamaged",
    "facts corrupted": "undamaged",
}
"""Each damage, and what it is compared with."""
CONTEXT = Context(0, Device("cpu", "fp32"))


def novels(root):
    """Rows of equal length from all books, shuffled."""
    passages = make_part("corpus", {"name": "corpora/files", "path": str(root / NOVELS)})
    books = defaultdict(list)
    for row in passages.rows(CONTEXT).to_pylist():
        books[row["domain"]] += row["text"].split()
    rows = [
        " ".join(words[i : i + LENGTH])
        for words in books.values()
        for i in range(0, len(words) - LENGTH, LENGTH)
    ]
    random.Random(0).shuffle(rows)
    return rows


def metrics():
    """Metrics that read samples and no model but for its tokens, with their names."""
    for found in installed().components("metric"):
        metric = load(found)
        fields = metric.parameters_type.model_fields
        if metric.axis in AXES and "samples" in metric.needs and "model" not in fields:
            chosen = {name: value for name, value in PARAMETERS.items() if name in fields}
            yield found.component.name, metric(metric.parameters_type(**chosen))


class WordModel:
    """Its tokens are words; what it read of human rows is kept."""

    def __init__(self, train):
        self.numbers = {}
        self.train, self.known = train, None

    def tokens(self, rows):
        if rows is self.train and self.known:
            return self.known
        read = self._read(rows)
        self.known = read if rows is self.train else self.known
        return read

    def _read(self, rows):
        cut = [text.lower().split() for text in rows["text"].to_pylist()]
        ids = [self.numbers.setdefault(word, len(self.numbers)) for row in cut for word in row]
        return Tokens(np.array(ids), np.array([len(row) for row in cut]))


def measured(rows, samples=SAMPLES, size=ROWS, chosen=None):
    """Return by metric and version of the text the values of its first slice, sample by sample."""
    split = ["train"] * (len(rows) - (samples + 1) * size)
    train, rest = rows[: len(split)], rows[len(split) :]
    people = HumanRows(pa.table({"text": train + rest[:size], "split": split + ["test"] * size}))
    bigrams, model = Bigrams(train), WordModel(people.train)
    values, frequent = defaultdict(lambda: defaultdict(list)), most_frequent(train, KEPT)
    metrics_chosen = list(chosen or metrics())
    for number in range(samples):
        sample = rest[(number + 1) * size : (number + 2) * size]
        source = partial(random.Random, number)
        texts = {
            "undamaged": sample,
            "tail removed": without_tail(sample, source(), frequent),
            "duplicates": with_duplicates(sample, source()),
            "genders swapped": with_genders_swapped(sample, source()),
            "facts corrupted": with_facts_corrupted(sample, source()),
            "temperature 1": bigrams.written(size, LENGTH, 1.0, source()),
            "temperature 0.7": bigrams.written(size, LENGTH, 0.7, source()),
        }
        for version, written in texts.items():
            subject = Subject(people, lambda: model, pa.table({"text": written}), people.train)
            for name, metric in metrics_chosen:
                values[name][version].append(next(iter(metric.measure(subject, CONTEXT))).value)
    return values
