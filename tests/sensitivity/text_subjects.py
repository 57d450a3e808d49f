"""Which metric sees which damage: python tests/sensitivity/reactions.py prints the table.

Reads novels below the folder that `BENCHSUITE_DATA` names. A reaction is the mean change of the
value that the damage makes over disjoint samples; the noise floor is twice the standard deviation
of the undamaged values between them.
"""

import os
import random
import re
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from damage import (
    Bigrams,
    frequent_half,
    with_duplicates,
    with_facts_corrupted,
    with_genders_swapped,
    without_tail,
)

from benchsuite.api import Context, Device, HumanRows, Subject, Tokens
from benchsuite.plugins.loading import load
from benchsuite.plugins.registry import installed

NOVELS = "human/gutenberg"
AXES = ("creativity", "bias")
LENGTH = 80  # words a row
ROWS = 500  # rows a sample
SAMPLES = 8
PARAMETERS = {
    "tokens": 30_000,
    "words": 30_000,
    "runs": 30_000,
    "size": 131_072,
    "rows": 400,
    "length": 40,
    "groups": 40,
}
DAMAGES = ("tail removed", "duplicates", "temperature 0.7", "genders swapped", "facts corrupted")
CONTEXT = Context(0, Device("cpu", "fp32"))


def novels(root):
    """Rows of equal length from all books, shuffled."""
    rows = []
    for path in sorted((root / NOVELS).glob("*.txt")):
        text = path.read_text(encoding="utf-8-sig")
        parts = re.split(r"\*\*\* ?(?:START|END) OF.*?\*\*\*", text, flags=re.DOTALL)
        words = max(parts, key=len).split()
        rows += [" ".join(words[i : i + LENGTH]) for i in range(0, len(words) - LENGTH, LENGTH)]
    random.Random(0).shuffle(rows)
    return rows


def metrics():
    """Metrics that read samples and no model but for its tokens."""
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


def reactions(rows, samples=SAMPLES, size=ROWS, chosen=None):
    """Return by metric the noise floor, and by damage the reaction and the floor beside it."""
    split = ["train"] * (len(rows) - (samples + 1) * size)
    train, rest = rows[: len(split)], rows[len(split) :]
    people = HumanRows(pa.table({"text": train + rest[:size], "split": split + ["test"] * size}))
    bigrams, model = Bigrams(train), WordModel(people.train)
    values, frequent = defaultdict(list), frequent_half(train)
    measured = list(chosen or metrics())
    for number in range(samples):
        sample = rest[(number + 1) * size : (number + 2) * size]
        source = partial(random.Random, number)
        texts = {
            "": sample,
            "tail removed": without_tail(sample, source(), frequent),
            "duplicates": with_duplicates(sample, source()),
            "genders swapped": with_genders_swapped(sample, source()),
            "facts corrupted": with_facts_corrupted(sample, source()),
            "temperature 1": bigrams.written(size, LENGTH, 1.0, source()),
            "temperature 0.7": bigrams.written(size, LENGTH, 0.7, source()),
        }
        for damage, written in texts.items():
            subject = Subject(people, lambda: model, pa.table({"text": written}), people.train)
            for name, metric in measured:
                values[name, damage].append(next(iter(metric.measure(subject, CONTEXT))).value)
    return {
        name: {damage: _reaction(values, name, damage) for damage in DAMAGES}
        for name, _ in measured
    }


def _reaction(values, name, damage):
    before = np.array(values[name, "temperature 1" if "temperature" in damage else ""])
    change = np.array(values[name, damage]) - before
    return float(change.mean()), 2 * float(before.std(ddof=1))


def table(found):
    """Return the reactions as Markdown; those beyond the noise floor in bold."""
    lines = ["| metric | noise floor | " + " | ".join(DAMAGES) + " |"]
    lines.append("|---" * (2 + len(DAMAGES)) + "|")
    for name, by_damage in found.items():
        floor = by_damage["tail removed"][1]
        cells = []
        for change, noise in by_damage.values():
            text = _number(change) if abs(change) > noise / 20 else "0"
            cells.append(f"**{text}**" if abs(change) > noise else text)
        lines.append(f"| `{name}` | {_number(floor)[1:]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _number(value):
    """Two digits that count, with a sign."""
    text = f"{value:+.0f}" if abs(value) >= 10 else f"{value:+.2g}"
    return text.replace("-", "\N{MINUS SIGN}")


if __name__ == "__main__":
    if "BENCHSUITE_DATA" not in os.environ:
        sys.exit("BENCHSUITE_DATA names no folder with human/gutenberg.")
    sys.stdout.write(table(reactions(novels(Path(os.environ["BENCHSUITE_DATA"])))) + "\n")
