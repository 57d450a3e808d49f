"""The model itself: what attention sees, and the cache."""

import pytest
import torch
import torch.nn.functional as F
from small_models import in_transformers, logits, make, small

from benchsuite.lm import loss as losses
from benchsuite.lm.cache import Cache
from benchsuite.lm.loss import cross_entropy, log_probabilities
from benchsuite.lm.model import LanguageModel, head
from benchsuite.lm.names import unpack
from benchsuite.lm.weights import decayed, layout, parts

LONG = small(length=600, width=8, layers=2, heads=2, feedforward=8)
"""Longer than what explicit attention is used for."""


def read(model, tokens, pieces=None):
    """Logits of tokens `[rows, length]`, read at once or piece by piece through a cache."""
    if pieces is None:
        return logits(model, tokens)
    weights = model.parts()
    cache = Cache(model.config, len(tokens), model.weights)
    return torch.cat([go_on(model, weights, piece, cache) for piece in tokens.split(pieces, 1)], 1)


def go_on(model, weights, tokens, cache):
    hidden = model.hidden(weights, tokens[None], cache)
    return torch.bmm(hidden, head(weights).transpose(1, 2))[0].unflatten(0, tokens.shape)


def some_tokens(config, rows=3, length=None):
    shape = (rows, length or config.length)
    return torch.randint(config.vocabulary, shape, generator=torch.Generator().manual_seed(7))


@pytest.mark.parametrize("pieces", [1, [1] * 12, [4, *[1] * 8], [12]])
def test_reading_through_the_cache_is_reading_at_once(pieces):
    model = make(small())
    tokens = some_tokens(model.config)
    torch.testing.assert_close(read(model, tokens, pieces), read(model, tokens))


@pytest.mark.parametrize("pieces", [[590, *[1] * 10], [31, *[1] * 40], [511, *[1] * 2]])
def test_the_cache_beyond_the_length_of_explicit_attention(pieces):
    model = make(LONG)
    tokens = some_tokens(LONG, rows=2, length=sum(pieces))
    torch.testing.assert_close(read(model, tokens, pieces), read(model, tokens))


def test_long_and_short_rows_are_read_as_transformers_reads_them():
    model = make(LONG)
    theirs = in_transformers(model)
    for length in (511, 512, 513, 600):
        tokens = some_tokens(LONG, rows=1, length=length)
        with torch.no_grad():
            expected = theirs(tokens).logits
        torch.testing.assert_close(read(model, tokens), expected, atol=1e-5, rtol=1e-5)


def test_a_later_token_changes_nothing_before_it():
    model = make(small())
    tokens = some_tokens(model.config)
    changed = tokens.clone()
    changed[:, 7] = (changed[:, 7] + 1) % model.config.vocabulary
    before, after = read(model, tokens), read(model, changed)
    assert torch.equal(before[:, :7], after[:, :7])
    assert (before[:, 7:] != after[:, 7:]).any(dim=-1).all()


def test_rows_kept_in_the_cache_go_on_as_if_alone():
    model = make(small())
    tokens = some_tokens(model.config, rows=4)
    weights = model.parts()
    cache = Cache(model.config, 4, model.weights)
    go_on(model, weights, tokens[:, :5], cache)
    rows = torch.tensor([3, 1])
    cache.keep(rows)
    rest = [go_on(model, weights, token, cache) for token in tokens[rows, 5:].split(1, 1)]
    torch.testing.assert_close(torch.cat(rest, 1), read(model, tokens)[rows, 5:])


def test_initial_weights_have_the_documented_spread():
    config = small(vocabulary=500, width=96, layers=8, feedforward=200)
    model = LanguageModel.initial(config, [0])
    plain, residual = 0.55 / 96**0.5, 0.55 / 96**0.5 / 16**0.5
    for name, weight in parts(model.weights, config).items():
        if "norm" in name:
            assert torch.equal(weight, torch.ones_like(weight))
        else:
            spread = residual if name.endswith((".out", ".down")) else plain
            assert weight.std().item() == pytest.approx(spread, rel=0.03), name
            assert abs(weight.mean().item()) < 0.03 * spread


@pytest.mark.parametrize("architecture", ["llama", "gpt2"])
def test_matrices_stand_first(architecture):
    config = small(architecture=architecture)
    sizes = [(part.shape[0] > 1, part.size) for part in layout(config)]
    assert sizes == sorted(sizes, key=lambda pair: not pair[0])
    assert decayed(config) == sum(size for matrix, size in sizes if matrix)


SHAPES = [
    small(),
    small(heads=4, shared_heads=2, tied=False),
    small(architecture="gpt2"),
    small(length=520),
]


@pytest.mark.parametrize("config", SHAPES)
def test_gradients_are_those_of_transformers(config):
    model = make(config)
    tokens = some_tokens(config, rows=3, length=min(config.length, 40))
    theirs = in_transformers(model, boundary=config.vocabulary - 1).train()
    scores = theirs(tokens[:, :-1]).logits
    F.cross_entropy(scores.flatten(0, 1), tokens[:, 1:].flatten()).backward()

    weights = {name: w.detach().requires_grad_() for name, w in model.parts().items()}
    hidden = model.hidden(weights, tokens[None, :, :-1])
    count = tokens[:, 1:].numel()
    loss = cross_entropy(hidden, head(weights), tokens[None, :, 1:].flatten(1), 1 / count)
    loss.sum().backward()
    expected = dict(theirs.named_parameters())
    for name, weight in weights.items():
        for their_name, grad in unpack(name, weight.grad[0], config).items():
            torch.testing.assert_close(
                grad, expected[their_name].grad, atol=1e-6, rtol=1e-4, msg=their_name
            )


def test_members_of_a_stack_are_as_if_alone():
    config = small()
    models = [make(config, seed=seed) for seed in range(3)]
    stack = LanguageModel.stack(models)
    tokens = torch.stack([some_tokens(config, rows=4) * (m + 1) % 23 for m in range(3)])
    together = stack.hidden(stack.parts(), tokens)
    for member, model in enumerate(models):
        alone = model.hidden(model.parts(), tokens[member : member + 1])
        torch.testing.assert_close(together[member], alone[0])
        assert torch.equal(stack.member(member).weights, model.weights)


@pytest.mark.parametrize("at_once", [1, 70, 1 << 20])
def test_losses_in_chunks_are_losses_at_once(monkeypatch, at_once):
    monkeypatch.setitem(losses._LOGITS_AT_ONCE, "cpu", at_once)
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(2, 9, 6, generator=generator, requires_grad=True)
    table = torch.randn(2, 23, 6, generator=generator, requires_grad=True)
    targets = torch.randint(23, (2, 9), generator=generator)
    expected = -torch.bmm(hidden, table.transpose(1, 2)).log_softmax(-1)
    expected = expected.gather(2, targets[:, :, None]).squeeze(2)
    nodes = torch.tensor([0, 0, 3, 7, 7, 7, 8])  # several targets of one, none of others
    wanted = torch.tensor([1, 2, 0, 22, 5, 22, 9])
    logged = torch.bmm(hidden, table.transpose(1, 2)).log_softmax(-1)[:, nodes, wanted]
    torch.testing.assert_close(log_probabilities(hidden, table, nodes, wanted), logged)
    found = cross_entropy(hidden, table, targets, 0.5)
    torch.testing.assert_close(found, expected.sum(1) * 0.5)
    weights = torch.tensor([1.0, 3.0])
    wanted = torch.autograd.grad((expected.sum(1) * 0.5 * weights).sum(), (hidden, table))
    for grad, other in zip(
        torch.autograd.grad((found * weights).sum(), (hidden, table)), wanted, strict=True
    ):
        torch.testing.assert_close(grad, other)
