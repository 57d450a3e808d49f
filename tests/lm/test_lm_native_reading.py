"""What the kernels in C say of given tokens: what torch says, for each row alone."""

import numpy as np
import pytest
import torch
from small_models import CPU, READABLE, logits, make, small

from benchsuite.lm.device import Device
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.native.library import SWITCH, library
from benchsuite.lm.native.reading import reads
from benchsuite.lm.score import score, score_all, score_ends
from benchsuite.lm.weights import parts

pytestmark = pytest.mark.skipif(
    library() is None, reason="no kernels were compiled, or the processor does not run them"
)

shapes = pytest.mark.parametrize("config", READABLE.values(), ids=READABLE.keys())


def rows_of(config, count=40, seed=0):
    """Rows of all lengths, some longer than the context, half of which begin as others do."""
    draw = np.random.default_rng(seed)
    rows = [
        draw.integers(config.vocabulary, size=draw.integers(1, config.length + 9))
        for _ in range(count)
    ]
    ends = [draw.integers(config.vocabulary, size=3) for _ in rows]
    return rows + [np.append(row[: len(row) // 2 + 1], end) for row, end in zip(rows, ends)]  # noqa: B905


@pytest.fixture
def torchs(monkeypatch):
    """Return what torch says of rows."""

    def of(model, rows, by=score, **more):
        with monkeypatch.context() as patch:
            patch.setenv(SWITCH, "torch")
            assert not reads(model.config, CPU)
            return by(model, rows, device=CPU, **more)

    return of


@shapes
def test_torch_says_the_same(config, torchs):
    assert reads(config, CPU)
    model, rows = make(config, scale=4.0), rows_of(config)
    for ours, theirs in zip(score(model, rows, CPU), torchs(model, rows), strict=True):
        assert ours == pytest.approx(theirs, abs=3e-5)


@shapes
def test_the_likeliest_token_is_told(config, torchs):
    model, rows = make(config, scale=4.0), [row for row in rows_of(config) if len(row) > 3]
    counts = [1 + i % 3 for i in range(len(rows))]
    ours = score_ends(model, rows, counts, CPU)
    theirs = torchs(model, rows, score_ends, counts=counts)
    assert any(found.greedy.any() for found in ours)
    for one, other in zip(ours, theirs, strict=True):
        assert one.log_probabilities == pytest.approx(other.log_probabilities, abs=3e-5)
        assert (one.greedy == other.greedy).all()


def test_of_equally_likely_tokens_the_first_is_likeliest():
    config = small(tied=False)
    model = make(config)
    parts(model.weights, config)["head"].zero_()
    rows = [np.array([5, token]) for token in range(config.vocabulary)]
    found = score_ends(model, rows, [1] * len(rows), CPU)
    assert [bool(each.greedy[0]) for each in found] == [True] + [False] * (len(rows) - 1)
    for each in found:
        assert each.log_probabilities == pytest.approx(-np.log(config.vocabulary), abs=1e-6)


def test_probabilities_of_all_tokens_add_up_to_one():
    config = small(vocabulary=77)
    model = make(config, scale=10.0)
    start = np.array([3, 1, 4])
    found = score(model, [np.append(start, token) for token in range(77)], CPU)
    assert sum(np.exp(np.float64(row[-1])) for row in found) == pytest.approx(1, abs=1e-5)
    exact = torch.log_softmax(logits(model, torch.from_numpy(start)[None])[0, -1], 0)
    assert [row[-1] for row in found] == pytest.approx(exact.tolist(), abs=3e-5)


def test_threads_change_no_bit():
    model = make(small(length=40), scale=4.0)
    rows = rows_of(model.config)
    shared = score(model, rows, Device("cpu", "fp32", 3))
    for one, other in zip(score(model, rows, CPU), shared, strict=True):
        assert (one == other).all()


def test_what_else_is_read_changes_rounding_alone():
    model = make(small(length=40), scale=4.0)
    rows = rows_of(model.config)
    for row, found in zip(rows, score(model, rows, CPU), strict=True):
        assert score(model, [row], CPU)[0] == pytest.approx(found, abs=1e-5)


def test_each_of_a_stack_says_what_it_says_alone():
    models = [make(small(), seed=seed) for seed in range(3)]
    rows = rows_of(models[0].config)
    for model, found in zip(models, score_all(LanguageModel.stack(models), rows, CPU), strict=True):
        for alone, one in zip(score(model, rows, CPU), found, strict=True):
            assert (alone == one).all()


def test_large_logits_overflow_nothing():
    model = make(small(), scale=3e3)
    found = np.concatenate(score(model, rows_of(model.config), CPU))
    assert np.isfinite(found).all()
    assert found.min() < -1e3


@pytest.mark.parametrize("token", [-1, 23])
@pytest.mark.parametrize("place", [0, 2])
def test_a_token_beyond_the_vocabulary_is_refused(token, place):
    row = np.array([1, 2, 3])
    row[place] = token
    with pytest.raises(IndexError, match="not among the 23 of the vocabulary"):
        score(make(small()), [row], CPU)


def test_other_models_are_read_by_torch():
    assert not reads(small(architecture="gpt2"), CPU)
    assert not reads(small(width=18, heads=2), CPU)  # nine components turn in no pairs
    assert not reads(small(), Device("cuda", "fp32"))


def test_weights_are_read_as_they_are_now():
    model = make(small())
    row = np.array([1, 2, 3])
    before = score(model, [row], CPU)[0]
    model.weights.mul_(1.5)
    assert (score(model, [row], CPU)[0] != before).all()
