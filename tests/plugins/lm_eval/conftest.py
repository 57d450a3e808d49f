"""Tiny checkpoints, made by the repository's own learner, and tasks made up for them."""

import json

import pyarrow as pa
import pytest
import yaml
from benchsuite_learners.llama import Llama, LlamaParameters

from benchsuite.api import Context, Device, TrainingJob

DEVICE = Device("cpu", "fp32", 1)
SENTENCES = [
    f"Question: Does the {noun} {verb} the {other}?\nAnswer: {answer}, it {verb}s."
    for noun, answer in (("cat", "yes"), ("dog", "no"), ("heron", "yes"), ("mole", "no"))
    for verb in ("see", "follow", "fear", "know")
    for other in ("river", "hill", "road")
]


def train(folder, seed, length=64):
    """Train a model for a moment, so that it is sharp enough to tell answers apart."""
    parts = {name: folder / name for name in ("tokenizer", "model", "scratch")}
    for part in parts.values():
        part.mkdir(parents=True)
    learner = Llama(
        LlamaParameters(
            vocabulary=320, width=32, layers=2, heads=2, feedforward=48, length=length, epochs=30
        )
    )
    context = Context(seed, DEVICE)
    rows = pa.table({"text": SENTENCES})
    learner.fit_tokenizer(rows, parts["tokenizer"], context)
    rows = learner.tokenize(rows, parts["tokenizer"])
    amount = sum(rows["tokens"].to_pylist()) - 1
    learner.train(
        TrainingJob(
            rows,
            amount,
            "tokens",
            parts["tokenizer"],
            seed,
            parts["model"],
            parts["scratch"],
            amount,
        ),
        context,
    )
    return parts["model"]


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory):
    return train(tmp_path_factory.mktemp("first"), 0)


@pytest.fixture(scope="session")
def long_checkpoint(tmp_path_factory):
    """One with room for the passages of published sets, which HFLM insists on."""
    return train(tmp_path_factory.mktemp("long"), 0, length=768)


@pytest.fixture(scope="session")
def other_checkpoint(tmp_path_factory):
    return train(tmp_path_factory.mktemp("other"), 1)


@pytest.fixture(scope="session")
def opened():
    """Open a checkpoint as a run does."""
    return lambda folder: Llama(LlamaParameters()).open(folder, DEVICE)


@pytest.fixture(scope="session")
def made_up_context():
    return Context(7, DEVICE)


QUESTIONS = [
    {
        "question": f"Question: Does the {noun} {verb} the hill?\nAnswer:",
        "choices": ["yes", "no", f"the {noun}"][: 3 - i % 2],
        "gold": i % 2,
        # Windows of a text must differ: HFLM's lookup of equal ones misreads the last.
        "text": " ".join(
            f"The {noun} {verb}s {97 * i + n * n} roads." for n in range(1, 4 + 6 * (i % 3))
        ),
    }
    for i, (noun, verb) in enumerate(
        (noun, verb)
        for noun in ("cat", "dog", "heron", "mole", "otter")
        for verb in ("see", "follow", "fear", "know")
    )
]


@pytest.fixture
def write_tasks(tmp_path):
    """Write YAML tasks on all rows, or every other of them; returns their folder."""
    folder = tmp_path / "tasks"
    folder.mkdir()
    for name, questions in {
        "rows": QUESTIONS,
        "odd": QUESTIONS[::2],
        "even": QUESTIONS[1::2],
    }.items():
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, questions)))

    def write(rows="rows", **tasks):
        for name, body in tasks.items():
            common = {
                "task": name,
                "dataset_path": "json",
                "dataset_kwargs": {"data_files": {"test": str(folder / f"{rows}.jsonl")}},
                "test_split": "test",
            }
            (folder / f"{name}.yaml").write_text(yaml.safe_dump(common | body))
        return folder

    return write


CHOICES = {
    "output_type": "multiple_choice",
    "doc_to_text": "{{question}}",
    "doc_to_choice": "choices",
    "doc_to_target": "gold",
    "metric_list": [{"metric": "acc"}, {"metric": "acc_norm"}],
}
ROLLING = {
    "output_type": "loglikelihood_rolling",
    "doc_to_text": "",
    "doc_to_target": "{{text}}",
    "metric_list": [{"metric": "word_perplexity"}, {"metric": "bits_per_byte"}],
}
WRITTEN = {
    "output_type": "generate_until",
    "doc_to_text": "{{question}}",
    "doc_to_target": "yes",
    "generation_kwargs": {"until": [","], "max_gen_toks": 8},
    "metric_list": [{"metric": "exact_match"}],
}
LAST_WORD = {
    "output_type": "loglikelihood",
    "doc_to_text": "{{question}} ",
    "doc_to_target": "yes",
    "metric_list": [
        {"metric": "perplexity", "aggregation": "perplexity", "higher_is_better": False},
        {"metric": "acc"},
    ],
}


@pytest.fixture
def made_up(write_tasks):
    """A folder with a task of each kind."""
    return write_tasks(
        made_up_choices=CHOICES,
        made_up_rolling=ROLLING,
        made_up_written=WRITTEN,
        made_up_last_word=LAST_WORD,
    )
