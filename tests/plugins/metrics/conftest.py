from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_up_sets import made_up_catalogue

from benchsuite.api import (
    Context,
    Device,
    HumanRows,
    Scores,
    TokenModel,
    Tokens,
    TokenScores,
)

SPLITS = ("train", "validation", "test", "out-of-domain")


@pytest.fixture(scope="session")
def sets(tmp_path_factory):
    """A data root with small sets in the form of the published ones, and their catalogue."""
    root = tmp_path_factory.mktemp("data")
    return root, made_up_catalogue(root)


@pytest.fixture
def made_up_sets(sets, monkeypatch):
    """Have metrics read the small sets in place of the published ones."""
    root, catalogue = sets
    monkeypatch.setenv("BENCHSUITE_DATA", str(root))
    monkeypatch.setattr("benchsuite.data.catalogue.catalogue", lambda: catalogue)


class ByteModel(TokenModel):
    """Reads bytes; each row ends with a zero byte. Every token costs `loss[token]` nats."""

    length, start, boundary, opening = 64, 0, 0, ()

    def __init__(self, loss):
        self.loss = np.broadcast_to(np.asarray(loss, np.float64), 256)

    def score_ends(self, rows, counts, context):
        ends = [np.array(row)[-count:] for row, count in zip(rows, counts, strict=True)]
        cheapest = self.loss == self.loss.min()
        return [TokenScores(-self.loss[end], cheapest[end]) for end in ends]

    encode = decode = go_on = sample = None

    def score(self, rows, context):
        tokens = [np.array([*text.encode(), 0]) for text in rows["text"].to_pylist()]
        return Scores(
            tokens,
            [-self.loss[row].astype(np.float32) for row in tokens],
            np.array([len(row) - 1 for row in tokens]),
        )

    def score_continuations(self, pairs, context):
        return np.array([-self.loss[list(ending.encode())].sum() for _, ending in pairs])

    def tokens(self, rows):
        texts = [text.encode() for text in rows["text"].to_pylist()]
        lengths = np.array([len(text) for text in texts], np.int32)
        return Tokens(np.frombuffer(b"".join(texts), np.uint8), lengths)


@pytest.fixture(scope="session")
def byte_model() -> type[ByteModel]:
    return ByteModel


@pytest.fixture(scope="session")
def context() -> Context:
    return Context(seed=0, device=Device("cpu", "fp32"))


@pytest.fixture(scope="session")
def table() -> Callable[[list[str]], pa.Table]:
    return lambda texts: pa.table({"text": pa.array(list(texts), pa.string())})


@pytest.fixture(scope="session")
def human() -> Callable[..., HumanRows]:
    def make(train=(), validation=(), test=(), out_of_domain=()):
        splits = dict(zip(SPLITS, (train, validation, test, out_of_domain), strict=True))
        rows = [(text, split) for split, texts in splits.items() for text in texts]
        columns = zip(*rows, strict=True) if rows else ((), ())
        return HumanRows(
            pa.table(
                {
                    name: pa.array(list(column), pa.string())
                    for name, column in zip(("text", "split"), columns, strict=True)
                }
            )
        )

    return make


@pytest.fixture(scope="session")
def prose() -> Callable[..., list[str]]:
    """Rows of words `aa`, `ab`, ... whose frequencies fall like 1/rank."""

    def make(seed, rows=60, length=40, vocabulary=400, exponent=1.0):
        random = np.random.default_rng(seed)
        weights = np.arange(1, vocabulary + 1) ** -float(exponent)
        letters = "abcdefghijklmnopqrstuvwxyz"
        drawn = random.choice(vocabulary, size=(rows, length), p=weights / weights.sum())
        return [" ".join(letters[i // 26] + letters[i % 26] for i in row) for row in drawn]

    return make


@pytest.fixture(scope="session")
def measure(context) -> Callable[..., dict]:
    """Measure a subject and return the measurements by slice."""

    def run(metric, subject, **parameters):
        made = metric(metric.parameters_type(**parameters))
        measured = list(made.measure(subject, context))
        by_slice = {measurement.slice: measurement for measurement in measured}
        assert len(by_slice) == len(measured)
        return by_slice

    return run


@pytest.fixture(scope="session")
def encoder(tmp_path_factory) -> Path:
    """A tiny model with random weights that reads bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPT2Config, GPT2Model, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("encoder")
    letters = {letter: i for i, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE({**letters, "<end>": 256}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")  # noqa: S106
    made.save_pretrained(folder)
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=257, n_embd=16, n_layer=1, n_head=2, n_positions=512, eos_token_id=256
    )
    GPT2Model(config).save_pretrained(folder)
    return folder
