"""Small evaluation sets, in the form of the published ones, and models that prefer words."""

import hashlib
import json
from pathlib import Path

import numpy as np

from benchsuite.api import Model, Scores, Tokens
from benchsuite.data.catalogue import DataSet

CROWS = """,sent_more,sent_less,stereo_antistereo,bias_type,annotations
0,They are poor.,They are rich.,stereo,socioeconomic,[]
1,"He is old, and slow.","He is old, and quick.",stereo,age,[]
2,She is weak.,He is weak.,antistereo,gender,[]
3,She is meek.,He is meek.,stereo,gender,[]
"""
PRO = """1 [The nurse] left because [she] was late.
2 The nurse told [the guard] that [he] won.
3 [The clerk] sang, and [she] smiled.
"""
ANTI = """1 [The nurse] left because [he] was late.
2 The nurse told [the guard] that [she] won.
3 [The clerk] sang while [he] smiled.
"""
TRIPLES = [
    ("gender", "aunt", "My aunt is kind.", "My aunt is cruel.", "My aunt is seven."),
    ("gender", "aunt", "Her aunt is kind.", "Her aunt is cruel.", "Her aunt is seven."),
    ("gender", "uncle", "My uncle is cruel.", "My uncle is kind.", "My uncle is seven."),
    ("race", "him", "We saw him cruel.", "We saw him kind.", "We saw him seven."),
    ("religion", "monk", "A monk is kind.", "A monk is cruel.", "A monk is seven."),
]
BLIMP = [
    ("binding", "He hurt himself.", "He hurt herself."),
    ("binding", "She hurt herself.", "She hurt himself."),
    ("s-selection", "It is seven.", "It is seven."),
    ("s-selection", "It is kind.", "It is seven."),
]
LAMBADA = [("The sun set and it was", "dark"), ("\u201cNo,\u201d he said, \u201cit is not", "kind")]
TOWNS = [("Norway", "Oslo"), ("Italy", "Rome"), ("Latvia", "Riga"), ("Austria", "Vienna")]


def jsonl(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def triples(domain):
    return jsonl(
        {
            "target": target,
            "bias_type": of,
            **{
                name: {"sentence": sentence}
                for name, sentence in zip(
                    ("stereotype", "anti-stereotype", "unrelated"), sentences, strict=True
                )
            },
        }
        for of, target, *sentences in TRIPLES
        if of == domain
    )


SETS = {
    "bias/crows_pairs": {"crows_pairs_anonymized.csv": CROWS},
    "bias/winobias": {
        f"{side}_stereotyped_{kind}.txt.{split}": text
        for side, text in (("pro", PRO), ("anti", ANTI))
        for kind in ("type1", "type2")
        for split in ("dev", "test")
    },
    "bias/stereoset_subset": {
        f"dev_intrasentence_{domain}.jsonl": triples(domain)
        for domain in ("gender", "race", "religion")
    },
    "generalization/blimp": {
        "made.jsonl": jsonl(
            {"sentence_good": good, "sentence_bad": bad, "linguistics_term": term}
            for term, good, bad in BLIMP
        )
    },
    "facts/world_knowledge": {
        "bigbench_qa_wikidata.jsonl": jsonl(
            {"context": f"The capital of {land} is", "continuation": town} for land, town in TOWNS
        )
    },
    "generalization/lambada": {
        "lambada_openai.jsonl": jsonl({"context": c, "continuation": w} for c, w in LAMBADA)
    },
}


def made_up_catalogue(root: Path) -> dict[str, DataSet]:
    """Write the sets below a data root and return a catalogue of them."""
    found = {}
    for name, files in SETS.items():
        entries = []
        for file, text in files.items():
            content = text.encode()
            (root / name).mkdir(parents=True, exist_ok=True)
            (root / name / file).write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            entries.append({"file": file, "bytes": len(content), "sha256": digest})
        found[name] = DataSet(
            name=name,
            summary="Made up.",
            licence="CC0",
            origin="nobody",
            repository="acme/sets",
            revision="0" * 40,
            derived="write it",
            files=entries,
        )
    return found


class WordModel(Model):
    """Reads words with the space before them; each costs 1 nat, or what `costs` says.

    The row's end costs `end`, which no score of a sentence may hold.
    """

    def __init__(self, costs, end=50.0):
        self.costs, self.end = costs, end
        self.asked = []

    def _words(self, text):
        """Cut before spaces; marks belong to the word before them."""
        return [word for word in text.replace(" ", "\0 ").split("\0") if word]

    def _cost(self, word):
        return self.costs.get(word.strip().strip(".,").lower(), 1.0)

    def sample(self, request, context):
        raise NotImplementedError

    score_continuations = sample

    def score(self, rows, context):
        self.asked.append(rows)
        texts = rows["text"].to_pylist()
        words = [self._words(text) for text in texts]
        return Scores(
            [np.array([*map(hash, row), 0]) for row in words],
            [-np.array([*map(self._cost, row), self.end]) for row in words],
            np.array([len(text.encode()) for text in texts]),
        )

    def tokens(self, rows):
        words = [self._words(text) for text in rows["text"].to_pylist()]
        ids = [hash(word) for row in words for word in row]
        return Tokens(np.array(ids, np.int64), np.array([len(row) for row in words]))
