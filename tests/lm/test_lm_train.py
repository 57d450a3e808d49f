"""Training: exact, repeatable, and what transformers and torch do of themselves."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from small_models import CPU, in_transformers, small

from benchsuite.lm import checkpoint, gradient
from benchsuite.lm.config import TrainingConfig
from benchsuite.lm.device import Device
from benchsuite.lm.gradient import Gradient
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.optimizer import AdamW, rate
from benchsuite.lm.train import LossNotFinite, Member, train, train_all
from benchsuite.lm.windows import Windows

CONFIG = small(length=8)
pytestmark = pytest.mark.usefixtures("kernels")


def random_stream(tokens, seed=0, vocabulary=CONFIG.vocabulary):
    return np.random.default_rng(seed).integers(vocabulary, size=tokens).astype(np.int32)


def pattern(tokens):
    """Sixteen tokens, over and over: one nat is log(16) more than need be."""
    order = np.random.default_rng(0).permutation(16)
    return np.tile(order, tokens // 16 + 1)[:tokens].astype(np.int32)


def same(one, other):
    return torch.equal(one.model.weights, other.model.weights)


@pytest.mark.parametrize("device", [CPU, Device("cpu", "bf16")])
def test_the_seed_fixes_every_bit(device):
    stream, training = random_stream(200), TrainingConfig(batch=3, epochs=2)
    first, again, other = (train(stream, CONFIG, training, seed, device) for seed in (5, 5, 6))
    assert same(first, again)
    assert first.losses == again.losses
    assert not same(first, other)


@pytest.mark.parametrize("device", [CPU, Device("cpu", "bf16")])
def test_a_pattern_is_learned(device):
    trained = train(
        pattern(4001), CONFIG, TrainingConfig(batch=8, learning_rate=2e-2, epochs=2), 0, device
    )
    assert trained.losses[0] > 0.9 * math.log(16)
    assert np.mean(trained.losses[-5:]) < 0.25 * math.log(16)
    assert trained.model.weights.dtype == torch.float32


def test_noise_is_not_learned():
    trained = train(random_stream(4001), CONFIG, TrainingConfig(batch=8), 0, CPU)
    assert np.mean(trained.losses[-10:]) > 0.95 * math.log(CONFIG.vocabulary)


@pytest.mark.parametrize(("length", "epochs", "windows"), [(9, 1, 1), (16, 1, 1), (17, 3, 6)])
def test_tokens_are_counted_exactly(length, epochs, windows):
    trained = train(random_stream(length), CONFIG, TrainingConfig(batch=4, epochs=epochs), 0, CPU)
    assert trained.tokens == windows * CONFIG.length
    assert len(trained.losses) == math.ceil(windows / 4)


def test_a_stream_shorter_than_a_window_is_refused():
    with pytest.raises(ValueError, match=r"8.*7"):
        train(random_stream(8), CONFIG, TrainingConfig(), 0, CPU)


@pytest.mark.parametrize(("windows", "batch"), [(1, 4), (4, 4), (5, 4), (83, 4), (40, 1)])
def test_progress_rises_to_the_total(windows, batch):
    seen = []
    trained = train(
        *(random_stream(8 * windows + 1), CONFIG, TrainingConfig(batch=batch), 0, CPU),
        lambda done, total: seen.append((done, total)),
    )
    done = [d for d, _ in seen]
    assert {total for _, total in seen} == {trained.tokens} == {8 * windows}
    assert done == sorted(set(done))
    assert 0 < done[0] <= 8 * batch
    assert done[-1] == trained.tokens


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 20, 1000])
@pytest.mark.parametrize("warmup", [0.0, 0.05, 0.5, 1.0])
def test_the_rate_factor_for_any_number_of_steps(steps, warmup):
    training = TrainingConfig(warmup=warmup)
    factors = [rate(step, steps, training) for step in range(steps + 1)]
    top = max(1, round(warmup * steps)) - 1
    assert max(factors) == factors[top] == 1
    assert factors[:top] == sorted(factors[:top])
    assert factors[top:] == sorted(factors[top:], reverse=True)
    assert min(factors) > 0
    assert factors[steps] == pytest.approx(training.final_rate)


def test_an_absurd_learning_rate_is_said():
    with pytest.raises(LossNotFinite, match=r"the loss became (nan|inf) at optimizer step \d+ of"):
        train(random_stream(400), CONFIG, TrainingConfig(learning_rate=1e30), 0, CPU)


def break_member(monkeypatch, member, step):
    """Have one member's loss be no number from one step on."""
    compute, calls = Gradient.__call__, []

    def broken(self, model, batch):
        losses, grad = compute(self, model, batch)
        calls.append(1)
        if len(calls) == step:
            losses[member] = math.nan
            grad[member] = math.nan
        return losses, grad

    monkeypatch.setattr(Gradient, "__call__", broken)


def test_a_loss_that_is_no_number_is_said_at_its_step(monkeypatch):
    break_member(monkeypatch, 0, 3)
    with pytest.raises(LossNotFinite, match="the loss became nan at optimizer step 3 of 5"):
        train(random_stream(8 * 5 + 1), CONFIG, TrainingConfig(batch=1), 0, CPU)


def test_weights_that_the_last_step_broke_are_said():
    """One step alone: its loss is taken before the step."""
    with pytest.raises(LossNotFinite, match="at the last of 1 optimizer steps"):
        train(random_stream(9), CONFIG, TrainingConfig(batch=1, learning_rate=1e39), 0, CPU)


def members(count, windows=25, checkpoints=None):
    return [
        Member(
            random_stream(8 * windows + 1, seed=m),
            seed=10 + m,
            checkpoints=checkpoints and checkpoints / str(m),
        )
        for m in range(count)
    ]


def test_each_member_of_a_stack_is_trained_as_if_alone():
    training = TrainingConfig(batch=4, epochs=2, clip=0.5)
    together = train_all(members(4), CONFIG, training, CPU)
    for member, trained in zip(members(4), together, strict=True):
        alone = train(member.stream, CONFIG, training, member.seed, CPU)
        assert trained.losses == pytest.approx(alone.losses, abs=1e-5)
        torch.testing.assert_close(trained.model.weights, alone.model.weights, atol=1e-5, rtol=0)
        assert trained.tokens == alone.tokens


def test_members_of_other_lengths_are_trained_too():
    uneven = [Member(random_stream(8 * n + 3, seed=n), seed=n) for n in (5, 9, 5, 30)]
    training = TrainingConfig(batch=4)
    seen = []
    together = train_all(
        uneven, CONFIG, training, CPU, lambda done, total: seen.append((done, total))
    )
    for member, trained in zip(uneven, together, strict=True):
        alone = train(member.stream, CONFIG, training, member.seed, CPU)
        torch.testing.assert_close(trained.model.weights, alone.model.weights, atol=1e-5, rtol=0)
    assert seen == sorted(seen)
    assert seen[-1] == (8 * 49, 8 * 49)


@pytest.mark.parametrize("broken", [0, 2])
def test_a_member_that_breaks_leaves_the_others_alone(monkeypatch, broken):
    training = TrainingConfig(batch=4, epochs=8)
    expected = train_all(members(3), CONFIG, training, CPU)
    break_member(monkeypatch, broken, 7)
    found = train_all(members(3), CONFIG, training, CPU)
    for m, (one, other) in enumerate(zip(found, expected, strict=True)):
        if m == broken:
            assert isinstance(one, LossNotFinite)
            assert "the loss became nan at optimizer step 7 of 50" in str(one)
        else:
            torch.testing.assert_close(one.model.weights, other.model.weights, atol=1e-5, rtol=0)


@pytest.mark.parametrize("device", [CPU, Device("cpu", "bf16")])
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit(monkeypatch, device, threads):
    monkeypatch.setattr(gradient, "_MICRO_TOKENS", 16)
    training, stream = TrainingConfig(batch=7), random_stream(600)
    alone = train(stream, CONFIG, training, 0, device)
    shared = train(stream, CONFIG, training, 0, Device("cpu", device.precision, threads))
    assert same(alone, shared)
    assert alone.losses == shared.losses


def test_running_out_of_memory_halves_the_micro_batch_and_changes_nothing(monkeypatch):
    training, stream = TrainingConfig(batch=6), random_stream(600)
    expected = train(stream, CONFIG, training, 0, CPU)
    compute, refused = LanguageModel.hidden, []

    def small_memory(self, weights, tokens, cache=None):
        if tokens.shape[1] > 2:
            refused.append(tokens.shape[1])
            raise torch.OutOfMemoryError("no memory for so many rows")
        return compute(self, weights, tokens, cache)

    monkeypatch.setattr(LanguageModel, "hidden", small_memory)
    found = train(stream, CONFIG, training, 0, CPU)
    assert refused == [6, 3]
    assert found.losses == pytest.approx(expected.losses, abs=1e-5)
    torch.testing.assert_close(found.model.weights, expected.model.weights, atol=1e-5, rtol=0)


def test_memory_that_not_even_one_row_fits_is_an_error(monkeypatch):
    def no_memory(*arguments):
        raise torch.OutOfMemoryError("none at all")

    monkeypatch.setattr(LanguageModel, "hidden", no_memory)
    with pytest.raises(torch.OutOfMemoryError):
        train(random_stream(100), CONFIG, TrainingConfig(), 0, CPU)


class Killed(Exception):
    """The end of a process, in a form that a test can catch."""


@pytest.mark.parametrize("count", [1, 3])
def test_interrupted_training_goes_on_to_the_same_weights(monkeypatch, tmp_path, count):
    monkeypatch.setattr(checkpoint, "_EVERY", 0.0)
    for m in range(count):
        (tmp_path / str(m)).mkdir()
    training = TrainingConfig(batch=2, epochs=3)
    expected = train_all(members(count), CONFIG, training, CPU)

    def stop_half_way(done, total):
        if done > total / 2:
            raise Killed

    with pytest.raises(Killed):
        train_all(members(count, checkpoints=tmp_path), CONFIG, training, CPU, stop_half_way)
    steps = []
    step = AdamW.step
    monkeypatch.setattr(AdamW, "step", lambda self, *a: (steps.append(a[2]), step(self, *a)))
    found = train_all(members(count, checkpoints=tmp_path), CONFIG, training, CPU)
    assert steps[0] > 15, "it began anew"
    for one, other in zip(found, expected, strict=True):
        assert same(one, other)
        assert one.losses == other.losses


def test_a_damaged_checkpoint_is_begun_anew(monkeypatch, tmp_path):
    folder = tmp_path / "0"
    folder.mkdir()
    (folder / "training.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0half a header")
    training = TrainingConfig(batch=2)
    (expected,) = train_all(members(1), CONFIG, training, CPU)
    (found,) = train_all(members(1, checkpoints=tmp_path), CONFIG, training, CPU)
    assert same(found, expected)


def test_checkpoints_are_no_more_frequent_than_a_minute(tmp_path):
    folder = tmp_path / "0"
    folder.mkdir()
    train_all(members(1, checkpoints=tmp_path), CONFIG, TrainingConfig(batch=2), CPU)
    assert list(folder.iterdir()) == []


def test_training_goes_on_from_a_base():
    training = TrainingConfig(batch=8, learning_rate=2e-2, epochs=2)
    (base,) = train_all([Member(pattern(4001), 0)], CONFIG, training, CPU)
    (further,) = train_all(
        [Member(pattern(401), 1, base.model)], CONFIG, TrainingConfig(learning_rate=1e-3), CPU
    )
    assert further.losses[0] < 0.3 * math.log(16)


def reference(stream, config, training, seed):
    """The same training by transformers' Llama and torch's AdamW; returns weights and losses."""
    unused = config.vocabulary - 1  # the padding token's embedding is fixed in transformers
    model = in_transformers(LanguageModel.initial(config, [seed]), unused).train()
    windows = Windows(stream, config.length, training.epochs, training.batch, seed)
    batches = [torch.from_numpy(windows.batch(step)) for step in range(windows.steps)]
    decayed = [p for p in model.parameters() if p.dim() == 2]
    others = [p for p in model.parameters() if p.dim() != 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed}, {"params": others, "weight_decay": 0.0}],
        weight_decay=training.weight_decay,
        betas=(training.beta1, training.beta2),
        foreach=False,
    )
    losses = []
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = training.learning_rate * rate(step, len(batches), training)
        scores = model(batch[:, :-1]).logits.log_softmax(-1)
        loss = -scores.gather(-1, batch[:, 1:, None]).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), training.clip)
        optimizer.step()
        losses.append(loss.item())
    return dict(model.named_parameters()), losses


@pytest.mark.parametrize(
    ("stream", "training"),
    [
        (pattern(4 * 8 + 1), TrainingConfig(batch=4, learning_rate=1e-3)),
        (pattern(4 * 8 + 1), TrainingConfig(batch=4, learning_rate=1e-3, clip=0.01)),
        (pattern(4 * 8 + 1), TrainingConfig(batch=4, learning_rate=1e-3, weight_decay=5.0)),
        (pattern(16 * 8 + 4), TrainingConfig(batch=5, learning_rate=1e-3, epochs=3, clip=0.3)),
    ],
    ids=["one step", "clipped", "decayed", "ten steps of three epochs"],
)
@pytest.mark.parametrize("architecture", ["llama", "gpt2"])
def test_training_is_what_transformers_and_torch_would_do(stream, training, architecture):
    config = replace(CONFIG, architecture=architecture)
    trained = train(stream, config, training, 3, CPU)
    expected, losses = reference(stream, config, training, 3)
    assert trained.losses == pytest.approx(losses, abs=1e-5)
    found = dict(in_transformers(trained.model).named_parameters())
    assert found.keys() == expected.keys()
    for name, weight in expected.items():
        if name.endswith("c_attn.bias"):
            # A bias of keys changes no attention: its gradient is rounding, which Adam scales up.
            keys = slice(config.width, 2 * config.width)
            found[name].data[keys] = weight.data[keys]
        torch.testing.assert_close(found[name], weight, atol=1e-5, rtol=0, msg=name)
