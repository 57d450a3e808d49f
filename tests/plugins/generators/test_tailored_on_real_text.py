"""What tailored rows are for: the rare words of medical and financial text, by a trained model."""

import json
import os
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from benchsuite_generators.slices import of_domain, rarest
from benchsuite_generators.tailored import Tailored, TailoredParameters
from benchsuite_words.words import words

from benchsuite.api import (
    Context,
    Decoding,
    GenerationRequest,
    HumanRows,
    SampleRequest,
    TrainingJob,
    make_part,
)
from benchsuite.lm.device import Device

FILES = {
    "medical": ("pubmedqa/pubmed_qa_labeled.jsonl", "context"),
    "financial": ("fomc_minutes/fomc_minutes.jsonl", "text"),
}
SENTENCES, TOKENS, RARE = 600, 12_000, 0.5
CONTEXT = Context(0, Device("cpu", "fp32"))
LEARNER = {
    "name": "learners/llama",
    "vocabulary": 1024,
    "width": 48,
    "feedforward": 128,
    "length": 64,
    "batch": 8,
    "learning_rate": 0.01,
}


def sentences(path, column):
    """The first sentences of a file that are neither short nor long."""
    found = []
    with path.open(encoding="utf-8") as lines:
        while len(found) < SENTENCES:
            cut = re.split(r"(?<=[.?!])\s+", json.loads(next(lines))[column])
            found += [sentence for sentence in cut if 40 < len(sentence) < 300]
    return found[:SENTENCES]


@pytest.fixture(scope="module")
def human():
    folder = Path(os.environ.get("BENCHSUITE_DATA", "nowhere"), "human")
    if not all((folder / file).is_file() for file, _ in FILES.values()):
        pytest.skip("BENCHSUITE_DATA names no folder with human/pubmedqa and human/fomc_minutes")
    texts = {name: sentences(folder / file, column) for name, (file, column) in FILES.items()}
    rows = [
        (text, name)
        for pair in zip(*texts.values(), strict=True)
        for text, name in zip(pair, FILES, strict=True)
    ]  # as a mix, a model forgets
    return pa.table(
        {
            "id": [str(i) for i in range(len(rows))],
            "text": [text for text, _ in rows],
            "domain": [name for _, name in rows],
            "split": ["train"] * len(rows),
        }
    )


@pytest.fixture(scope="module")
def trained(human, tmp_path_factory):
    """A model of both, and the rows it learned from."""
    folder, scratch = tmp_path_factory.mktemp("model"), tmp_path_factory.mktemp("scratch")
    learner = make_part("learner", LEARNER)
    learner.fit_tokenizer(human, scratch, CONTEXT)
    rows = learner.tokenize(human, scratch)
    amount = sum(rows["tokens"].to_pylist())
    learner.train(TrainingJob(rows, amount, "tokens", scratch, 0, folder, scratch, amount), CONTEXT)
    return learner.open(folder, CONTEXT.device), HumanRows(rows)


@pytest.fixture(scope="module")
def plain(trained):
    return trained[0].sample(SampleRequest(TOKENS, "tokens", Decoding()), CONTEXT)


def said(rows):
    return [word for text in rows["text"].to_pylist() for word in words(text)]


def covered(rows, wanted):
    return len(wanted & {*said(rows)})


def occurrences(rows, wanted):
    return sum(word in wanted for word in said(rows))


def words_of(human, domain):
    return {*said(human.filter(pc.equal(human["domain"], domain)))}


def tailored(trained, amount=TOKENS, **parameters):
    request = GenerationRequest(*trained, amount, "tokens", Decoding())
    return Tailored(TailoredParameters(**parameters)).generate(request, CONTEXT)


@pytest.mark.parametrize("way", ["rejection", "conditional"])
def test_tailored_rows_hold_half_as_many_again_of_the_rare_words(trained, plain, human, way):
    rows = tailored(trained, rare=RARE, way=way)
    sizes = [trained[0].tokens(each).lengths.sum() + each.num_rows for each in (plain, rows)]
    assert sizes == pytest.approx([TOKENS] * 2, rel=0.01)
    rare = rarest(human["text"].to_pylist(), RARE)
    share = rows["yield"][0].as_py()
    for domain in FILES:
        terms = rare & words_of(human, domain)
        before, after = covered(plain, terms), covered(rows, terms)
        assert after > 1.5 * before > 0
    assert 0.02 < share < 0.5


@pytest.mark.parametrize("domain", FILES)
def test_rows_of_a_domain_speak_more_often_in_words_that_no_other_has(
    trained, plain, human, domain
):
    rows = tailored(trained, domain=domain, way="conditional")
    parents = {int(parent) for (parent,) in rows["parents"].to_pylist()}
    assert {human["domain"][parent].as_py() for parent in parents} == {domain}
    (other,) = set(FILES) - {domain}
    terms = words_of(human, domain) - words_of(human, other)
    # Not more different ones: what a model trained for seconds has to say of a domain is little.
    assert occurrences(rows, terms) > 1.2 * occurrences(plain, terms) > 0


def test_domains_of_human_text_are_told_apart(human):
    texts, domains = human["text"].to_pylist(), human["domain"].to_pylist()
    learned, asked = slice(SENTENCES), slice(SENTENCES, None)
    holds = of_domain(texts[learned], domains[learned], "medical")
    right = [
        holds(text) == (domain == "medical")
        for text, domain in zip(texts[asked], domains[asked], strict=True)
    ]
    assert sum(right) > 0.95 * len(right)
