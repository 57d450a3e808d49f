"""Another model's likelihood: of n-grams by a plain count, of a checkpoint by transformers."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from benchsuite_graders.reference import ReferenceParameters
from benchsuite_graders.reference_likelihood import ReferenceLikelihood
from made_up_rows import CONTEXT, Human, Letters, table
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config

from benchsuite.api import UserError
from benchsuite.lm.tokenizer import TextTokenizer

TEXTS = ["the red cat", "an old dog", "the old cat"]


def likelihoods(texts, human=(), **parameters):
    grader = ReferenceLikelihood(ReferenceParameters(**parameters))
    return grader.grade(table(texts), Letters(), Human(list(human)), CONTEXT)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint")
    torch.manual_seed(5)
    size = {"vocab_size": 280, "n_positions": 32, "n_embd": 16, "n_layer": 1, "n_head": 2}
    config = GPT2Config(**size, bos_token_id=0, eos_token_id=0)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    TextTokenizer.train(TEXTS * 5, 280).save(folder)
    return folder


@pytest.mark.parametrize("per", ["token", "row"])
def test_a_checkpoint_says_what_transformers_says(checkpoint, per):
    network = AutoModelForCausalLM.from_pretrained(checkpoint)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    expected = []
    for text in TEXTS:
        ids = torch.tensor([[0, *tokenizer.encode(text, add_special_tokens=False), 0]])
        with torch.no_grad():
            loss = network(ids, labels=ids).loss.item()
        expected.append(-loss * (1 if per == "token" else ids.shape[1] - 1))
    found = likelihoods(TEXTS, model=str(checkpoint), length=32, per=per)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_the_operations_of_the_other_model_are_told(checkpoint):
    told = []
    context = replace(CONTEXT, spend=told.append)

    def spent(**given):
        told.clear()
        grader = ReferenceLikelihood(ReferenceParameters(**given))
        grader.grade(table(TEXTS), Letters(), Human(TEXTS), context)
        return sum(told)

    network = AutoModelForCausalLM.from_pretrained(checkpoint)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    tokens = sum(len(tokenizer.encode(text, add_special_tokens=False)) + 1 for text in TEXTS)
    weights = network.num_parameters() - network.transformer.wpe.weight.numel()  # these add
    found = spent(model=str(checkpoint), length=32)
    assert found == pytest.approx(2 * weights * tokens, rel=0.05)  # biases add, too
    assert spent() == 0


def test_the_fingerprint_is_that_of_the_files(checkpoint):
    def fingerprint(**given):
        return ReferenceLikelihood(ReferenceParameters(**given)).fingerprint()

    before = fingerprint(model=str(checkpoint), length=32)
    assert fingerprint() == ""
    assert fingerprint(model=str(checkpoint), length=16) != before
    path = checkpoint / "generation_config.json"
    kept = path.read_text()
    path.write_text(kept + " ")
    assert fingerprint(model=str(checkpoint), length=32) != before
    path.write_text(kept)
    assert fingerprint(model=str(checkpoint), length=32) == before


def test_models_that_cannot_be_opened(tmp_path, checkpoint):
    for given, said in [
        ({"model": str(tmp_path)}, "reference-likelihood cannot read .* has no config.json"),
        ({"model": str(checkpoint), "length": 64}, "length 64 exceeds the 32 positions"),
    ]:
        with pytest.raises(UserError, match=said):
            likelihoods(["a"], **given)
    with pytest.raises(UserError, match=r"has no config\.json; give"):
        ReferenceLikelihood(ReferenceParameters(model=str(tmp_path))).fingerprint()


def test_bigrams_know_what_human_rows_hold():
    human = ["abab", "abab", "abba"]
    found = likelihoods(["abab", "bbbb", "zzzz", "ab"], human, order=2)
    assert found[0] > found[1] > found[2]
    rows = likelihoods(["abab", "ab"], human, order=2, per="row")
    np.testing.assert_allclose(rows, found[[0, 3]] * [5, 3])


def test_letters_and_the_end_of_a_row_add_up_to_one():
    """Without context p(row) = p(end) Π p(letter); letters that were never seen count as one."""
    rows = likelihoods(["", *"abcdz"], ["abc", "abd", "bcd", "aab", "cab"], order=1, per="row")
    assert np.exp(rows[0]) + np.exp(rows[1:] - rows[0]).sum() == pytest.approx(1)


def test_no_rows():
    assert likelihoods([], ["ab"]).tolist() == []
