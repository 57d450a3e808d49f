"""Tokens of rows drawn anew: the same by either learner, after the actual tokens."""

import numpy as np
import pytest
import torch
from benchsuite_learners import transformers_scoring
from benchsuite_learners.llama import Llama, LlamaParameters
from benchsuite_learners.transformers_learner import Transformers, TransformersParameters
from made_up_bases import CONTEXT, LENGTH, TEXTS
from scipy.stats import chisquare
from transformers import AutoModelForCausalLM

from benchsuite.api import Context, Decoding

DECODINGS = [Decoding(), Decoding(top_p=0.7, temperature=0.8)]
UNLIKELY = 1e-4


@pytest.fixture(scope="module")
def model(base):
    parameters = TransformersParameters(base=str(base), length=LENGTH)
    return Transformers(parameters).open_base(CONTEXT.device)


@pytest.fixture
def rows(model):
    """Rows of many lengths, one of several windows."""
    return [[model.boundary, *ids] for ids in model.encode([*TEXTS[:5], "a", "".join(TEXTS[:4])])]


def tokens(found):
    return [each.tokens.tolist() for each in found]


def test_tokens_follow_the_distribution_that_transformers_gives(model, base):
    (row,) = ([model.boundary, *ids] for ids in model.encode(["the red cat"]))
    found = np.stack(tokens(model.redraw([row] * 2000, Decoding(temperature=0.2), 0, CONTEXT)))
    network = AutoModelForCausalLM.from_pretrained(base)
    with torch.no_grad():
        predicted = (network(torch.tensor([row[:-1]])).logits[0] / 0.2).double().softmax(-1).numpy()
    for place, expected in enumerate(2000 * predicted):
        counts = np.bincount(found[:, place], minlength=len(expected))
        common = expected > 5
        assert common.sum() > 1
        pooled = ([*each[common], each[~common].sum()] for each in (counts, expected))
        assert chisquare(*pooled).pvalue > UNLIKELY


@pytest.mark.parametrize("decoding", DECODINGS, ids=str)
def test_a_row_draws_by_its_own_number_whatever_its_neighbours(model, rows, decoding, monkeypatch):
    together = tokens(model.redraw(rows, decoding, 5, CONTEXT))
    assert [len(each) for each in together] == [len(row) - 1 for row in rows]
    alone = [tokens(model.redraw([row], decoding, 5 + i, CONTEXT))[0] for i, row in enumerate(rows)]
    assert together == alone
    monkeypatch.setattr(transformers_scoring, "_LOGITS_A_BATCH", 1)
    assert tokens(model.redraw(rows, decoding, 5, CONTEXT)) == together
    assert tokens(model.redraw(rows, decoding, 5, Context(4, CONTEXT.device))) != together
    assert model.redraw([], decoding, 0, CONTEXT) == []


@pytest.mark.parametrize("decoding", DECODINGS, ids=str)
def test_both_learners_draw_and_score_the_same(gpt2, decoding):
    ours, theirs = (
        Llama(LlamaParameters(base=str(gpt2))).open_base(CONTEXT.device),
        Transformers(TransformersParameters(base=str(gpt2), length=32)).open_base(CONTEXT.device),
    )
    rows = [[ours.boundary, *ids] for ids in ours.encode([*TEXTS, "".join(TEXTS[:6])])]
    found, expected = (each.redraw(rows, decoding, 2, CONTEXT) for each in (ours, theirs))
    assert tokens(found) == tokens(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.log_probabilities, other.log_probabilities, atol=1e-5)
