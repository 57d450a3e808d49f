"""A checkpoint of another kind than the current model's."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest


@pytest.fixture(scope="session")
def gpt2(tmp_path_factory):
    """A checkpoint of GPT-2's architecture with random weights, and a tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, GPT2Config

    from benchsuite.lm.tokenizer import TextTokenizer

    folder = tmp_path_factory.mktemp("bases") / "gpt2"
    sizes = {"vocab_size": 300, "n_positions": 32, "n_embd": 32, "n_layer": 2, "n_head": 4}
    torch.manual_seed(5)
    network = AutoModelForCausalLM.from_config(GPT2Config(**sizes, bos_token_id=0, eos_token_id=0))
    network.save_pretrained(folder)
    TextTokenizer.train(["the old cat sleeps by the sea, é"] * 9, 300).save(folder)
    return folder
