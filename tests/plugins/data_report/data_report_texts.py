"""Made-up data sets for tests of the data report."""

import json
import random
from pathlib import Path

from benchsuite_data_report.assess import Wanted, assess
from benchsuite_data_report.rows import Source
from benchsuite_words.groups import group_of

SYLLABLES = [
    a + b + c for a in "bdfglmnprst" for b in "aeiou" for c in ("", "n", "rk", "st", "lle")
]
WORDS = [word for word in SYLLABLES if group_of(word) is None]


def sentences(seed, rows, length=60, words=None):
    """Rows of words drawn as by Zipf, in sentences."""
    draw, vocabulary = random.Random(seed), words or WORDS
    weights = [1 / (rank + 2) for rank in range(len(vocabulary))]
    return [
        " ".join(draw.choices(vocabulary, weights, k=length)) + ". The end of that. And it is so."
        for _ in range(rows)
    ]


def write(path: Path, texts, **columns):
    rows = [{"text": text, **columns} for text in texts]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def assessed(path, human=None, **wanted):
    people = Source([human], "text") if human else None
    return assess(Wanted(Source([path], "text"), people, sets=[], **wanted))


def outcome(found, name):
    return next(each for each in found.outcomes if each.check == name)


def finding(found, check, name):
    return next(each for each in outcome(found, check).findings if each.name.startswith(name))
