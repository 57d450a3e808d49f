"""Speed of the language-model core on one thread; tokens a second in `extra_info`.

`benchsuite bench` compares it with other software, on all cores.
"""

import numpy as np
import pytest

from benchsuite.bench.shapes import PRECISIONS, SHAPES
from benchsuite.bench.source import markov_tokens
from benchsuite.lm.config import ModelConfig, TrainingConfig
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.device import Device, make_deterministic, resolve_device
from benchsuite.lm.sample import sample
from benchsuite.lm.score import score
from benchsuite.lm.train import train

QUICKSTART = ModelConfig(vocabulary=2048, width=80, layers=2, heads=4, feedforward=216, length=128)
MODELS = {"quickstart": QUICKSTART} | {name: SHAPES[name] for name in ("0.24M", "1.1M")}
TOKENS = 8192


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    make_deterministic()


@pytest.fixture(scope="module")
def device():
    return resolve_device("cpu")


@pytest.fixture(scope="module")
def stream():
    return markov_tokens(2048, TOKENS + 1, seed=0)


@pytest.fixture(scope="module", params=MODELS)
def shape(request):
    return MODELS[request.param]


@pytest.fixture(scope="module")
def model(stream, shape, device):
    return train(stream[:1025], shape, TrainingConfig(batch=4), 0, device).model


def rate(benchmark, tokens):
    if benchmark.stats:
        benchmark.extra_info["tokens a second"] = round(tokens / benchmark.stats.stats.median)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_training(benchmark, stream, shape, precision):
    device = Device("cpu", precision)
    trained = benchmark(train, stream, shape, TrainingConfig(batch=32), 0, device)
    assert trained.tokens == TOKENS
    rate(benchmark, trained.tokens)


@pytest.mark.parametrize(
    "decoding", [Decoding(), Decoding(top_k=50), Decoding(top_p=0.9)], ids=["all", "top-k", "top-p"]
)
def test_sampling(benchmark, model, device, decoding):
    prompts = [np.array([0])] * 64
    rows = benchmark(sample, model, prompts, 0, decoding, 0, device)
    assert len(rows) == len(prompts)
    rate(benchmark, sum(len(row) for row in rows))


def test_scoring(benchmark, model, stream, device):
    rows = np.array_split(stream, 100)
    scored = benchmark(score, model, rows, device)
    assert sum(len(row) for row in scored) == len(stream) - len(rows)
    rate(benchmark, len(stream))
