"""What several tests share: a small human corpus and a really tiny suite."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from pydoc_data.topics import topics

import pytest
from command_line import CommandLine

TINY_SUITE = """\
suite: tiny
version: 1
summary: A suite for tests.
corpus: {{name: files, path: {corpus}, out_of_domain: [poetry]}}
held_out: {{share: 0.15}}
learner:
  name: llama
  vocabulary: 384
  width: 16
  layers: 1
  heads: 2
  feedforward: 32
  length: 32
  batch: 4
budget: {{tokens: 4096}}
generations: 2
seeds: 2
control: real
regimes: [real, replace, hybrid-50, self-graded]
samples: {{budget: {{tokens: 2048}}, generator: self}}
metrics:
  - bits-per-byte
  - rare-token-loss
  - {{name: tail-coverage, tokens: 500}}
  - {{name: distinct, runs: 200}}
  - {{name: compression-ratio, size: 2000}}
  - novelty
  - feminine-share
  - occupation-log-odds
  - tokens
  - flops
  - seconds
  - peak-memory
headline:
  generalization: {{metric: metrics/bits-per-byte, slice: in-domain}}
  creativity: {{metric: metrics/tail-coverage}}
"""


@pytest.fixture
def command_line(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let this process and those it starts hear Ctrl-C, also where a shell runs it with `&`."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Human text: Python's help topics; one of them plays the part of another domain."""
    path = tmp_path_factory.mktemp("corpus") / "topics.jsonl"
    rows = [
        {"text": text, "document": name, "domain": "poetry" if name == "types" else "prose"}
        for name, text in sorted(topics.items())
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="session")
def tiny_suite(corpus: Path) -> Path:
    """A suite that trains models of a few thousand weights in seconds."""
    path = corpus.parent / "tiny.yaml"
    text = TINY_SUITE.format(corpus=corpus)
    path.write_text(text.replace("[poetry]}", "[poetry], document: document, domain: domain}"))
    return path
