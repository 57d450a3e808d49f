"""Losses and gradients by the kernels in C: near fp32, the same bits every time."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from small_models import make, small

from benchsuite.lm import gradient
from benchsuite.lm.autograd import TorchGradient
from benchsuite.lm.config import ModelConfig, TrainingConfig
from benchsuite.lm.device import Device
from benchsuite.lm.gradient import Gradient
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.native.gradient import NativeGradient, trains
from benchsuite.lm.native.library import SWITCH, training
from benchsuite.lm.train import LossNotFinite, train
from benchsuite.lm.weights import initial, parts

BF16 = Device("cpu", "bf16")
pytestmark = pytest.mark.skipif(
    training() is None, reason="no kernels were compiled, or the processor does not run them"
)

SHAPES = {
    "as in the quickstart": (
        ModelConfig(vocabulary=512, width=80, layers=2, heads=4, feedforward=216, length=128),
        (4, 128),
    ),
    "deeper": (
        ModelConfig(vocabulary=300, width=64, layers=4, heads=2, feedforward=176, length=64),
        (5, 64),
    ),
    "shared heads": (small(heads=4, shared_heads=2, width=48, feedforward=98), (3, 12)),
    "one key for all heads": (small(heads=4, shared_heads=1, width=32), (3, 12)),
    "untied": (small(tied=False), (3, 12)),
    "odd vocabulary, in two goes": (small(vocabulary=40_001, width=8), (6, 12)),
    "narrower than its heads": (small(width=10, heads=4), (3, 12)),
    "one token": (small(), (1, 1)),
    "rows that do not fill a panel": (small(), (5, 5)),
    "rows of 33": (small(length=33), (2, 33)),
    "long rows": (small(length=700, layers=1), (2, 700)),
    "shorter than the context": (small(length=64), (7, 20)),
    "more rows than are read at once": (small(length=100), (11, 100)),
}
shapes = pytest.mark.parametrize(("config", "windows"), SHAPES.values(), ids=SHAPES.keys())


def windows_of(config, rows, length, members=1, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(config.vocabulary, (members, rows, length + 1), generator=generator)


def error(found, exact):
    return ((found - exact).norm() / exact.norm()).item()


def compare(config, windows):
    """Losses, and gradients by name, in fp32 and in bf16 by torch, and by the kernels."""
    model, batch = make(config), windows_of(config, *windows)
    scale = 1 / math.prod(windows)
    ways = [TorchGradient(model, dtype, scale) for dtype in (torch.float32, torch.bfloat16)]
    for way in (*ways, NativeGradient(model, scale)):
        losses, grad = way(batch)
        yield losses.item(), grad, parts(grad, config)


@shapes
def test_no_farther_from_fp32_than_torch_in_bf16(config, windows):
    assert trains(config, BF16, windows[1])
    (loss, exact, by_name), (torchs, rounded, rounded_by_name), (ours, found, found_by_name) = (
        compare(config, windows)
    )
    assert ours == pytest.approx(loss, abs=max(2 * abs(torchs - loss), 2e-3))
    assert error(found, exact) < 1.05 * error(rounded, exact)
    for name, part in by_name.items():
        limit = max(1.5 * error(rounded_by_name[name], part), 0.01)
        assert error(found_by_name[name], part) < limit, name


def test_a_model_that_says_nothing_has_the_loss_of_a_guess():
    """With an output embedding of zeros, every token is as likely, whatever was read."""
    config = small(tied=False)
    model, batch = make(config), windows_of(config, 3, 12)
    parts(model.weights, config)["head"].zero_()
    losses, grad = NativeGradient(model, 1 / 36)(batch)
    assert losses.item() == pytest.approx(math.log(config.vocabulary), abs=1e-6)
    for name, part in parts(grad, config).items():
        assert (part.abs().max() > 0) == (name == "head"), name
    # d loss / d head = mean of (1 / vocabulary - [is the target]) · normed hidden state
    assert parts(grad, config)["head"].sum(1).abs().max() < 1e-2


@pytest.mark.parametrize("name", ["embedding", "blocks.0.qkv", "blocks.1.up", "final_norm"])
def test_the_loss_changes_as_the_gradient_says(name):
    """Central differences along the gradient, in steps that rounding to bf16 does not drown."""
    config = small(width=32, feedforward=48)
    model, batch = make(config), windows_of(config, 16, 12)
    _, grad = NativeGradient(model, 1 / 192)(batch)
    along = torch.zeros_like(grad)
    parts(along, config)[name].copy_(parts(grad, config)[name])
    slope = along.norm()
    ahead, behind = (
        NativeGradient(LanguageModel(config, weights), 1 / 192)(batch)[0].item()
        for weights in (model.weights + along / slope * step for step in (0.1, -0.1))
    )
    assert (ahead - behind) / 0.2 == pytest.approx(slope.item(), rel=0.05)


@shapes
def test_the_same_bits_again(config, windows):
    model, batch = make(config), windows_of(config, *windows)
    (loss, grad), (again, grad_again) = (NativeGradient(model, 0.1)(batch) for _ in range(2))
    assert torch.equal(loss, again)
    assert torch.equal(grad, grad_again)


def test_members_of_a_stack_are_as_if_alone():
    config = small()
    models = [make(config, seed) for seed in range(3)]
    batch = windows_of(config, 9, 12, members=3)
    losses, grad = Gradient(config, BF16)(LanguageModel.stack(models), batch)
    for i, model in enumerate(models):
        alone = Gradient(config, BF16)(model, batch[i : i + 1])
        assert torch.equal(alone[0][0], losses[i])
        assert torch.equal(alone[1][0], grad[i])


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit_of_many_micro_batches(monkeypatch, threads):
    monkeypatch.setattr(gradient, "_MICRO_TOKENS", 24)
    config = small()
    model, batch = make(config), windows_of(config, 15, 12)
    alone, shared = Gradient(config, BF16), Gradient(config, Device("cpu", "bf16", threads))
    one, other = alone(model, batch), shared(model, batch)
    shared.close()
    assert torch.equal(one[0], other[0])
    assert torch.equal(one[1], other[1])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["embedding", "blocks.0.qkv", "blocks.1.down", "final_norm"])
def test_weights_that_are_no_numbers_give_a_loss_that_is_none(name, value):
    config = small()
    model, batch = make(config), windows_of(config, 16, 12)
    parts(model.weights, config)[name].view(-1)[3] = value
    losses, _ = NativeGradient(model, 1.0)(batch)
    assert not losses.isfinite().any()


def test_an_absurd_learning_rate_is_said_by_the_kernels_too():
    stream = np.random.default_rng(0).integers(23, size=400).astype(np.int32)
    with pytest.raises(LossNotFinite):
        train(stream, small(length=8), TrainingConfig(learning_rate=1e30), 0, BF16)


@pytest.mark.parametrize("token", [-1, 23])
def test_tokens_beyond_the_vocabulary_are_refused(token):
    batch = windows_of(small(), 2, 12)
    batch[0, 1, 5] = token
    with pytest.raises(IndexError, match="23 of the vocabulary"):
        NativeGradient(make(small()), 1.0)(batch)


def test_what_the_kernels_do_not_read_is_left_to_torch(monkeypatch):
    config = small()
    assert trains(config, BF16, 12)
    others = [
        (replace(config, architecture="gpt2"), BF16, 12),
        (replace(config, feedforward=25), BF16, 12),
        (replace(config, width=15, heads=3), BF16, 12),
        (config, Device("cpu", "fp32"), 12),
        (config, Device("cuda", "bf16"), 12),
        (replace(config, length=2000), BF16, 1025),
        (config, BF16, 13),
    ]
    assert not any(trains(*other) for other in others)
    assert trains(replace(config, length=2000), BF16, 1024)
    monkeypatch.setenv(SWITCH, "torch")
    assert not trains(config, BF16, 12)


def trained(stream, config, kernels, monkeypatch):
    monkeypatch.setenv(SWITCH, kernels)
    losses = train(stream, config, TrainingConfig(batch=4, epochs=3), 0, BF16).losses
    return losses[0], np.mean(losses[-20:])


def test_training_comes_to_the_loss_that_torch_comes_to(monkeypatch):
    """A Markov chain of four followers: log(4) at best, log(64) to begin with."""
    random = np.random.default_rng(0)
    followers, stream = random.integers(64, size=(64, 4)), [0]
    for choice in random.integers(4, size=8000):
        stream.append(followers[stream[-1], choice])
    stream = np.array(stream, np.int32)
    config = small(vocabulary=64, length=32, width=32, feedforward=80)
    first, last = trained(stream, config, "native", monkeypatch)
    expected_first, expected_last = trained(stream, config, "torch", monkeypatch)
    assert first == pytest.approx(expected_first, abs=0.01)
    assert last == pytest.approx(expected_last, abs=0.02)
    assert last < 0.6 * first


def test_the_switch_decides_who_computes(monkeypatch):
    config, batch = small(), windows_of(small(), 4, 12)
    model = LanguageModel(config, initial(config, [0]))
    ours = Gradient(config, BF16)(model, batch)[1]
    monkeypatch.setenv(SWITCH, "torch")
    torchs = Gradient(config, BF16)(model, batch)[1]
    assert not torch.equal(ours, torchs)
    assert torch.equal(torchs, TorchGradient(model, torch.bfloat16, 1 / 48)(batch)[1])
