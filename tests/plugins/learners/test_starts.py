"""Where training starts, and how much it goes through: the same in every learner of text."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from benchsuite_learners.llama import Llama, LlamaParameters
from benchsuite_learners.text_rows import windows
from benchsuite_learners.transformers_learner import Transformers, TransformersParameters
from hypothesis import given
from hypothesis import strategies as st
from made_up_bases import CONTEXT, LENGTH, TEXTS, job, table
from transformers import AutoModelForCausalLM

from benchsuite.api import UserError
from benchsuite.lm import huggingface
from benchsuite.lm.weights import initial
from benchsuite.lm.windows import Windows

STILL = 1e-30
"""A learning rate at which nothing moves."""


@pytest.fixture(params=["llama", "transformers"])
def make(request, gpt2):
    """Either learner, on one base."""

    def made(**changes):
        if request.param == "llama":
            return Llama(LlamaParameters(base=str(gpt2), length=LENGTH, **changes))
        return Transformers(TransformersParameters(base=str(gpt2), length=LENGTH, **changes))

    return made


def weights(folder):
    network = AutoModelForCausalLM.from_pretrained(folder)
    return torch.cat([w.flatten() for w in network.state_dict().values()])


def same(one, other):
    return torch.allclose(one, other, rtol=0, atol=1e-20)


def test_every_start_is_offered_where_there_is_a_base(make):
    assert make().inits == {"scratch", "base", "previous"}
    assert Llama(LlamaParameters()).inits == {"scratch", "previous"}


def test_a_base_is_started_from(make, gpt2, tmp_path):
    make(learning_rate=STILL).train(job(gpt2, tmp_path / "x"), CONTEXT)
    assert same(weights(tmp_path / "x"), weights(gpt2))


def test_a_base_is_opened_as_it_is(make, gpt2):
    rows = table(TEXTS)
    told = make().open_base(CONTEXT.device).score(rows, CONTEXT)
    opened = make().open(gpt2, CONTEXT.device).score(rows, CONTEXT)
    assert told.totals.tolist() == opened.totals.tolist()


def test_without_a_base_none_is_opened():
    with pytest.raises(UserError, match="Llama has no base"):
        Llama(LlamaParameters()).open_base(CONTEXT.device)


def test_previous_weights_are_gone_on_from(make, gpt2, tmp_path):
    first = job(gpt2, tmp_path / "first")
    make(learning_rate=0.01).train(first, CONTEXT)
    assert not torch.equal(weights(tmp_path / "first"), weights(gpt2))
    second = job(gpt2, tmp_path / "second", init="previous", previous=tmp_path / "first")
    make(learning_rate=STILL).train(second, CONTEXT)
    assert same(weights(tmp_path / "second"), weights(tmp_path / "first"))


def test_scratch_is_new_weights_in_the_shape_of_the_base(make, gpt2, tmp_path):
    found = []
    for seed in (1, 1, 2):
        folder = tmp_path / str(len(found))
        make(learning_rate=STILL).train(job(gpt2, folder, seed=seed, init="scratch"), CONTEXT)
        found.append(weights(folder))
    first, again, other = found
    assert torch.equal(first, again)
    assert len(first) == len(other) == len(weights(gpt2))
    assert not torch.equal(first, other)
    assert (first - weights(gpt2)).norm() > 0.2 * weights(gpt2).norm()  # norms' ones are alike


def test_new_weights_of_the_core_are_the_cores_own(gpt2, tmp_path):
    made = Llama(LlamaParameters(base=str(gpt2), length=LENGTH, learning_rate=STILL))
    made.train(job(gpt2, tmp_path / "x", seed=7, init="scratch"), CONTEXT)
    model = huggingface.load(tmp_path / "x")
    assert same(model.weights, initial(model.config, [7]))


def test_a_pool_is_trained_on_for_as_long_as_a_budget(make, gpt2, tmp_path):
    made = make(epochs=3)
    whole = job(gpt2, tmp_path / "whole", amount=400)
    budget = made.train(job(gpt2, tmp_path / "budget", amount=101), CONTEXT)
    pool = made.train(replace(whole, effort=101), CONTEXT)
    assert pool == budget
    assert pool.tokens == 3 * 6 * LENGTH
    assert not torch.equal(weights(tmp_path / "whole"), weights(tmp_path / "budget"))


def test_rows_count_in_proportion(gpt2, tmp_path):
    given = replace(job(gpt2, tmp_path / "x", amount=30, unit="rows"), effort=10)
    stream = np.zeros(30 * LENGTH + 1)
    assert windows(given, stream, LENGTH, 2) == 20
    assert windows(replace(given, effort=30), stream, LENGTH, 2) is None
    assert windows(replace(given, effort=1), np.zeros(LENGTH + 1), LENGTH, 1) == 1


@given(st.integers(1, 30), st.integers(1, 90), st.integers(1, 7))
def test_so_many_windows_are_read_and_none_again_before_all_have_been(each, count, batch):
    stream = np.arange(each * 4 + 1)
    found = Windows(stream, 4, 1, batch, 0, count)
    assert (found.count, found.tokens, found.steps) == (count, 4 * count, -(-count // batch))
    starts = np.concatenate([found.batch(step)[:, 0] for step in range(found.steps)])
    assert len(starts) == count
    for epoch in range(0, count, each):
        seen = starts[epoch : epoch + each]
        assert len(set(seen.tolist())) == len(seen)
